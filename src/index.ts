/**
 * "fedscore": an engine, data laws, sampling, federated training. The rest has sub-paths, one file each in src/entries.
 * @module fedscore
 */
export type { Denoiser } from "./diffusion/denoiser.js";
export { denoiserFromFunction } from "./diffusion/function-denoiser.js";
export { gaussianLaw } from "./diffusion/gaussian-law.js";
export type { TimeGrid } from "./diffusion/grid.js";
export { createGrid, type GridSpec } from "./diffusion/grids/index.js";
export { type SampleOptions, sample } from "./diffusion/sample.js";
export type { Sampler } from "./diffusion/sampler.js";
export { createSampler, type SamplerName, type SamplerSpec, samplers } from "./diffusion/samplers/index.js";
export type { NoiseSchedule } from "./diffusion/schedule.js";
export { createSchedule, type NoiseScheduleSpec } from "./diffusion/schedules/index.js";
export { ArgumentError, ArgumentTypeError, type ErrorCode, FedscoreError, isFedscoreError } from "./errors.js";
export type { ClientOptions } from "./federation/client-options.js";
export { createFederation, type Federation } from "./federation/federation.js";
export type { FederationOptions } from "./federation/options.js";
export { type PartitionSpec, partition } from "./federation/partitioners/index.js";
export { poolTransport } from "./federation/pool-transport.js";
export type { RoundReport } from "./federation/round-report.js";
export type { TrainOptions } from "./federation/train-options.js";
export type { Transport } from "./federation/transport.js";
export {
  createEngine,
  type Engine,
  type EngineOptions,
  supportsRelaxedSimd,
  supportsSimd,
  type Variant,
} from "./kernels/index.js";
export { ScoreNetwork } from "./network/score-network.js";
export type { NetworkOptions, NetworkSpec } from "./network/spec.js";
export type { TrainingSettings } from "./network/training.js";
export type { TrainingOptions } from "./network/training-fields.js";
export { createMaskFamily, type MaskFamilySpec } from "./pruning/families/index.js";
export type { MaskFamily } from "./pruning/mask.js";
export { createTarget, type TargetSpec } from "./targets/index.js";
export type { ExactTarget, Target } from "./targets/target.js";
export { openPool, type PoolOptions } from "./workers/open-pool.js";
export type { WorkerPool } from "./workers/worker-pool.js";
