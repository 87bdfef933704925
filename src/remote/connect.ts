import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { ArgumentError, FedscoreError, requireObject, requireText } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import { loadCore, loadTransportNode, loadWs } from "./packages.js";

/** Texts in PEM of a connection by TLS, where the system's certificate authorities are not enough; in Node. */
export interface TlsTexts {
  /** Certificate authority of the server. */
  readonly ca?: string | undefined;
  /** The client's own certificate, and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A NATS server, and who asks. */
export interface ServerOptions {
  /** nats://HOST:4222 or tls://HOST:4222 (Node), ws://HOST:PORT or wss://HOST:PORT (browsers, and Node); user:password@ may stand before HOST. */
  readonly server: string;
  /** Text of a .creds file (JWT and NKey), or an NKey seed. */
  readonly credentials?: string | undefined;
  readonly tls?: TlsTexts | undefined;
  /** What the server and the other side call this one. */
  readonly name?: string | undefined;
  /** Beginning of the subjects where answers to this client arrive, for servers that allow it no others. */
  readonly inboxPrefix?: string | undefined;
}

export const serverKeys = keysOf<ServerOptions>({
  server: true,
  credentials: true,
  tls: true,
  name: true,
  inboxPrefix: true,
});
const tlsKeys = keysOf<TlsTexts>({ ca: true, cert: true, key: true });

/** Longest time, in milliseconds, that a server has to answer. */
const patience = 10_000;

const protocols = ["nats:", "tls:", "ws:", "wss:"];

/** Throws unless these are options of a server. */
export function requireServer(options: ServerOptions): void {
  const { server, credentials, tls, name, inboxPrefix } = requireObject("options", options);
  requireText("server", server);
  for (const [key, text] of Object.entries({ credentials, name, inboxPrefix }))
    if (text !== undefined) requireText(key, text);
  if (tls !== undefined) requireOptions("tls", tls, tlsKeys);
  for (const [key, text] of Object.entries(tls ?? {})) if (text !== undefined) requireText(`tls.${key}`, text);
  addressOf(server);
}

/**
 * A connection that comes back by itself whenever the server does.
 * @throws FedscoreError FEDSCORE_WORKER where the server cannot be reached or refuses; FEDSCORE_UNSUPPORTED where a package is not installed.
 */
export async function connect(options: ServerOptions): Promise<NatsConnection> {
  requireServer(options);
  const address = addressOf(options.server);
  const settings = await settingsOf(address, options);
  try {
    return await (address.protocol.startsWith("ws") ? byWebSocket(settings) : byTcp(settings));
  } catch (error) {
    if (error instanceof FedscoreError) throw error;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const message = `no connection to ${shownServer(options.server)}: ${reason}`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { server: shownServer(options.server) }, error);
  }
}

/** The server as it may be shown: without the password. */
export function shownServer(server: string): string {
  const { protocol, host } = addressOf(server);
  return `${protocol}//${host}`;
}

function addressOf(server: string): URL {
  const address = URL.canParse(server) ? new URL(server) : undefined;
  if (!address || !protocols.includes(address.protocol) || address.hostname === "")
    throw new ArgumentError("server", "must be as nats://HOST:4222, tls://, ws:// or wss://", server);
  return address;
}

async function settingsOf(address: URL, options: ServerOptions): Promise<ConnectionOptions> {
  const { credentials, tls, name, inboxPrefix } = options;
  const { username, password } = address;
  const isTls = address.protocol === "tls:" || tls !== undefined;
  return {
    servers: [shownServer(options.server)],
    name: name ?? "fedscore",
    timeout: patience,
    pingInterval: patience,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(credentials !== undefined && { authenticator: await authenticatorOf(credentials) }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...(isTls && !address.protocol.startsWith("ws") && { tls: withoutUndefined(tls ?? {}) }),
  };
}

/** A file of credentials has a JWT and a seed, each between lines that name it; a seed alone begins with S. */
async function authenticatorOf(credentials: string): Promise<Authenticator> {
  const core = await loadCore();
  const bytes = new TextEncoder().encode(credentials.trim());
  if (/^SU[A-Z2-7]+$/.test(credentials.trim())) return core.nkeyAuthenticator(bytes);
  if (credentials.includes("NKEY SEED")) return core.credsAuthenticator(bytes);
  throw new ArgumentError("credentials", "must be the text of a .creds file or the NKey seed of a user", "a text");
}

async function byTcp(settings: ConnectionOptions): Promise<NatsConnection> {
  const { connect } = await loadTransportNode();
  return connect(settings);
}

async function byWebSocket(settings: ConnectionOptions): Promise<NatsConnection> {
  const { wsconnect } = await loadCore();
  if (typeof WebSocket === "function") return wsconnect(settings);
  const { WebSocket: Socket } = await loadWs();
  const wsFactory = async (url: string) => ({ socket: new Socket(url), encrypted: url.startsWith("wss:") });
  return wsconnect({ ...settings, wsFactory });
}

function withoutUndefined(texts: TlsTexts): { readonly [key: string]: string } {
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
