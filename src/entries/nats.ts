/** Work on other machines, by a NATS server with JetStream. Needs @nats-io/nats-core, @nats-io/jetstream and, in Node, @nats-io/transport-node. */

export { type NatsPoolOptions, natsPool } from "../remote/nats-pool.js";
export { serveNats } from "../remote/serve-nats.js";
export type { ServeOptions } from "../remote/serve-options.js";
export type { ServerOptions, TlsTexts } from "../remote/server-options.js";
