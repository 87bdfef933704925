import { requireInteger, requireObject, requireText } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import { addressOf } from "./server-address.js";

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
  /** Beginning of the subjects where answers to this client arrive, for servers that allow it no others. Default: that of its credentials. */
  readonly inboxPrefix?: string | undefined;
  /** Milliseconds between two questions whether the server is still there; after two without an answer the connection is made anew. Default 10,000. */
  readonly pingInterval?: number | undefined;
}

export const serverKeys = keysOf<ServerOptions>({
  server: true,
  credentials: true,
  tls: true,
  name: true,
  inboxPrefix: true,
  pingInterval: true,
});
const tlsKeys = keysOf<TlsTexts>({ ca: true, cert: true, key: true });

/** Throws unless these are options of a server. */
export function requireServer(options: ServerOptions): void {
  const { server, credentials, tls, name, inboxPrefix, pingInterval } = requireObject("options", options);
  requireText("server", server);
  for (const [key, text] of Object.entries({ credentials, name, inboxPrefix }))
    if (text !== undefined) requireText(key, text);
  if (pingInterval !== undefined) requireInteger("pingInterval", pingInterval, 100);
  if (tls !== undefined) requireOptions("tls", tls, tlsKeys);
  for (const [key, text] of Object.entries(tls ?? {})) if (text !== undefined) requireText(`tls.${key}`, text);
  addressOf(server);
}
