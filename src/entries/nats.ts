/**
 * Work on other machines, and clients that hold their own data, by a NATS server with JetStream. Needs @nats-io/nats-core, @nats-io/jetstream and, in Node, @nats-io/transport-node.
 * @module fedscore/nats
 */

export { aggregateFederation } from "../remote/aggregators/aggregate.js";
export type { AggregateOptions } from "../remote/aggregators/aggregate-options.js";
export type { ClientUpdate } from "../remote/clients/answers.js";
export type { ClientEvaluation } from "../remote/clients/client-evaluation.js";
export type { ClientsTable, TableReading } from "../remote/clients/clients-table.js";
export { joinFederation } from "../remote/clients/join.js";
export type { JoinOptions } from "../remote/clients/join-options.js";
export { natsTransport } from "../remote/clients/nats-transport.js";
export type { OwnTable } from "../remote/clients/own-table.js";
export type { ClientPolicy } from "../remote/clients/policy.js";
export type { RefusedMessages } from "../remote/clients/refusals.js";
export type { NatsTransport } from "../remote/clients/remote-transport.js";
export type { AcceptedUpdate, NatsTransportOptions } from "../remote/clients/transport-options.js";
export { type NatsPoolOptions, natsPool } from "../remote/nats-pool.js";
export { serveNats } from "../remote/serve-nats.js";
export type { ServeOptions } from "../remote/serve-options.js";
export type { ServerOptions, TlsTexts } from "../remote/server-options.js";
export type { ClientStatus } from "../remote/status/run-status.js";
