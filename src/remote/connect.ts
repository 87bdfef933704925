import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { ArgumentError, FedscoreError } from "../errors.js";
import { loadCore, loadTransportNode, loadWs } from "./packages.js";
import { addressOf, requireServer, type ServerOptions, shownServer, type TlsTexts } from "./server-options.js";

/** Longest time, in milliseconds, that a server has to answer. */
const patience = 10_000;

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
