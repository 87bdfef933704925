export { type Divergence, type DivergenceOptions, divergences, type Estimate } from "./divergence/index.js";
export * from "./errors.js";
export { createFederation, Federation, type TrainOptions } from "./federation/federation.js";
export type {
  BlockTask,
  BlockUpdate,
  ClientAssignment,
  ClientReport,
  TrainingSetup,
} from "./federation/messages.js";
export type { ClientOptions, FederationOptions } from "./federation/options.js";
export type { RoundReport } from "./federation/round-report.js";
export { type ServerOptimizerSpec, serverOptimizers } from "./federation/server-optimizers/index.js";
export type { Transport } from "./federation/transport.js";
export { ComlinkPool, type ComlinkPoolOptions } from "./federation/transports/comlink/pool.js";
export type { WorkerLike } from "./federation/transports/comlink/worker-handle.js";
export { InThreadPool } from "./federation/transports/in-thread.js";
export { openPool, type PoolOptions } from "./federation/transports/open-pool.js";
export { poolTransport } from "./federation/transports/pool-transport.js";
export type { CallOptions, Installation, WorkerFunction, WorkerPool } from "./federation/worker-pool.js";
export * from "./kernels/index.js";
