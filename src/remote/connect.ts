import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { ArgumentError, FedscoreError } from "../errors.js";
import { ownerOf } from "./credentials.js";
import { deniedError } from "./denied.js";
import { loadCore, loadTransportNode, loadWs } from "./packages.js";
import { addressOf, shownServer } from "./server-address.js";
import { requireServer, type ServerOptions, type TlsTexts } from "./server-options.js";

/** Longest time, in milliseconds, that a server has to answer. */
const patience = 10_000;

/**
 * A connection that comes back by itself whenever the server does.
 * @throws FedscoreError FEDSCORE_WORKER where the server cannot be reached; FEDSCORE_DENIED where it refuses who asks, or its certificate is not
 * trusted; FEDSCORE_UNSUPPORTED where a package is not installed.
 */
export async function connect(options: ServerOptions): Promise<NatsConnection> {
  requireServer(options);
  const address = addressOf(options.server);
  const settings = await settingsOf(address, options);
  try {
    return await (address.protocol.startsWith("ws") ? byWebSocket(settings) : byTcp(settings));
  } catch (error) {
    if (error instanceof FedscoreError) throw error;
    const denied = deniedError(error);
    if (denied) throw denied;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const message = `no connection to ${shownServer(options.server)}: ${reason}`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { server: shownServer(options.server) }, error);
  }
}

async function settingsOf(address: URL, options: ServerOptions): Promise<ConnectionOptions> {
  const { credentials, tls, name, pingInterval = patience } = options;
  const { inboxPrefix = ownerOf(credentials ?? "")?.inboxPrefix } = options;
  const { username, password } = address;
  const isTls = address.protocol === "tls:" || tls !== undefined;
  return {
    servers: [shownServer(options.server)],
    name: name ?? "fedscore",
    timeout: patience,
    pingInterval,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(credentials !== undefined && { authenticator: await authenticatorOf(credentials) }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...(isTls && !address.protocol.startsWith("ws") && { tls: tlsSettings(address, tls ?? {}) }),
  };
}

/** A file of credentials has a JWT and a seed, each between lines that name it; a seed alone begins with S. */
async function authenticatorOf(credentials: string): Promise<Authenticator> {
  const core = await loadCore();
  const text = credentials.trim();
  const bytesOf = (part: string) => new TextEncoder().encode(part);
  if (/^SU[A-Z2-7]+$/.test(text)) return core.nkeyAuthenticator(bytesOf(text));
  // The reader of such files wants their last line to end.
  if (text.includes("NKEY SEED")) return core.credsAuthenticator(bytesOf(`${text}\n`));
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

/** With the host, which the transport leaves out where it is an address: Node would expect a certificate of "localhost" then. */
function tlsSettings({ hostname }: URL, texts: TlsTexts): { readonly [key: string]: string } {
  const host = hostname.replace(/^\[|\]$/g, "");
  const given = Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { host, ...Object.fromEntries(given) };
}
