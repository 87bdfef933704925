import { ArgumentError } from "../errors.js";

const protocols = ["nats:", "tls:", "ws:", "wss:"];

/** The server as it may be shown: without the password. */
export function shownServer(server: string): string {
  const { protocol, host } = addressOf(server);
  return `${protocol}//${host}`;
}

/** The URL of a server. @throws ArgumentError. */
export function addressOf(server: string): URL {
  const address = URL.canParse(server) ? new URL(server) : undefined;
  if (!address || !protocols.includes(address.protocol) || address.hostname === "")
    throw new ArgumentError("server", "must be as nats://HOST:4222, tls://, ws:// or wss://", server);
  return address;
}
