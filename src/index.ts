/** The public API; every other file of src is internal. The embedder's low level is "fedscore/kernels". */
export type { Dataset } from "./data/dataset.js";
export { rowCount, selectRows } from "./data/dataset.js";
export { type CsvOptions, type CsvTable, readCsv } from "./data/formats/csv.js";
export type { DataFile } from "./data/formats/format.js";
export { type IdxArray, readIdx } from "./data/formats/idx.js";
export { type DataFormatSpec, formats } from "./data/formats/index.js";
export { type NpyArray, readNpy, writeNpy } from "./data/formats/npy.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./data/formats/safetensors.js";
export { loadMnist } from "./data/mnist.js";
export { clientMoments, covarianceOf, type Moments, meanOf, sumMoments, summedMoments } from "./data/moments.js";
export { type ReadOptions, readDataset } from "./data/read.js";
export { type DataSplit, type SplitOptions, splitDataset } from "./data/split.js";
export {
  fitTransforms,
  type Transform,
  type TransformData,
  type TransformSpec,
  transformFromJSON,
} from "./data/transforms/index.js";
export type { Denoiser, DenoiserSession } from "./diffusion/denoiser.js";
export { denoiserFromFunction } from "./diffusion/function-denoiser.js";
export { type GaussianLaw, type GaussianLawOptions, gaussianKl, gaussianLaw } from "./diffusion/gaussian-law.js";
export { levelsOf, type TimeGrid, validateGrid } from "./diffusion/grid.js";
export { createGrid, type GridSpec, kappaOf } from "./diffusion/grids/index.js";
export { ouTime } from "./diffusion/ou-time.js";
export type { Parameterization, Preconditioning } from "./diffusion/parameterization.js";
export { type ParameterizationName, parameterizations } from "./diffusion/parameterizations/index.js";
export { evaluationsPerSample, type SampleOptions, type SampleStep, sample } from "./diffusion/sample.js";
export type { Sampler, StepCoefficients } from "./diffusion/sampler.js";
export { type SamplerName, samplers } from "./diffusion/samplers/index.js";
export { levelAt, type NoiseLevel, type NoiseSchedule, snrOf } from "./diffusion/schedule.js";
export { createSchedule, type NoiseScheduleSpec } from "./diffusion/schedules/index.js";
export type { Weighting } from "./diffusion/weighting.js";
export { certificateLoss } from "./diffusion/weightings/certificate.js";
export { type WeightingName, weightings } from "./diffusion/weightings/index.js";
export {
  type Divergence,
  type DivergenceName,
  type DivergenceOptions,
  divergences,
  type Estimate,
} from "./divergence/index.js";
export * from "./errors.js";
export { createFederation, Federation, type RoundStart, type TrainOptions } from "./federation/federation.js";
export type {
  BlockTask,
  BlockUpdate,
  ClientAssignment,
  ClientReport,
  TrainingSetup,
} from "./federation/messages.js";
export type { ClientOptions, FederationOptions } from "./federation/options.js";
export { describePartition, type PartitionSpec, partition } from "./federation/partitioners/index.js";
export { poolTransport } from "./federation/pool-transport.js";
export type { RoundReport } from "./federation/round-report.js";
export { type ServerOptimizerSpec, serverOptimizers } from "./federation/server-optimizers/index.js";
export type { Transport } from "./federation/transport.js";
export * from "./kernels/index.js";
export { initializeParameters } from "./network/initialize.js";
export { levelTable, levelWeights, noiseFeatures, type TrainingLevels, trainingLevels } from "./network/levels.js";
export { MlpSession } from "./network/mlp.js";
export type { OptimizerSettings } from "./network/optimizers/index.js";
export { ScoreNetwork } from "./network/score-network.js";
export {
  type Activation,
  layoutOf,
  type NetworkSpec,
  type ParameterEntry,
  type ParameterLayout,
} from "./network/spec.js";
export { trainLocally } from "./network/train-locally.js";
export type {
  LocalTrainingRequest,
  LocalTrainingResult,
  TrainingSettings,
} from "./network/training.js";
export { expandMask, maskedCopy } from "./pruning/expand.js";
export { extract, scatter } from "./pruning/extract.js";
export {
  createMaskFamily,
  type MaskFamilyName,
  type MaskFamilySpec,
  maskFamilies,
} from "./pruning/families/index.js";
export { userMasks } from "./pruning/families/user.js";
export { CoverageLedger } from "./pruning/ledger.js";
export type { Mask, MaskClient, MaskContext, MaskFamily, StructuredMask } from "./pruning/mask.js";
export type { RoundCoverage } from "./pruning/round-coverage.js";
export { keptFlops, keptParameters } from "./pruning/submodel.js";
export { validateMask } from "./pruning/validate.js";
export type { AffineMap } from "./targets/affine-map.js";
export type { EmpiricalSpec } from "./targets/empirical.js";
export { createTarget, type TargetSpec } from "./targets/index.js";
export type { LawSpec } from "./targets/law.js";
export type { NormalSpec } from "./targets/normal.js";
export type { Target } from "./targets/target.js";
export {
  type AprioriInput,
  type AprioriReport,
  aprioriReport,
  irreducibleLoss,
} from "./theory/apriori/apriori-bound.js";
export type { GradientOracle } from "./theory/apriori/gradient-oracle.js";
export { type GradientReport, gradientReport } from "./theory/apriori/gradient-report.js";
export { type ClientMeasurement, type ClientProbe, measureClient } from "./theory/apriori/measure-client.js";
export type { MeasuredConstant, MeasuredConstants, RunFacts } from "./theory/apriori/measured-constants.js";
export { type ProbeOptions, TrainingProbe } from "./theory/apriori/probe.js";
export { RoundFold, type RoundProbe } from "./theory/apriori/round-fold.js";
export { type RunKind, type TrainingKind, trainingKindOf } from "./theory/apriori/run-kind.js";
export type { Assumption, Bound, BoundTerm, Interval } from "./theory/bound.js";
export type { Certificate, CertificateOptions } from "./theory/certificate/certificate.js";
export { certifyInPool } from "./theory/certificate/certify-in-pool.js";
export { derivedSeed } from "./theory/certificate/seed.js";
export type { CertificateRequest } from "./theory/certificate/unit-task.js";
export {
  certifiedTimes,
  compareGrids,
  discretizationOn,
  type GridComparison,
  snrLadder,
} from "./theory/certified-grid.js";
export {
  type GaussianParameters,
  multivariateGaussianKl,
  multivariateGaussianW2,
} from "./theory/gaussian-kl.js";
export { klLowerBound, type LowerBound, type LowerBoundOptions } from "./theory/lower-bound/lower-bound.js";
export { nearestNeighbourKl } from "./theory/measured/nearest-neighbour-kl.js";
export { noisedSample } from "./theory/measured/noised-sample.js";
export { gaussianMmseCurve, type MmseCurve, mmseCurve } from "./theory/mmse-curve.js";
export { estimateMmse, type MmseEstimate, type MmseRequest } from "./theory/mmse-monte-carlo.js";
export { asymptoticGridSnr, discretizationOf, optimalGridIndices } from "./theory/optimal-grid.js";
export { bentonRates, type ReferenceRates } from "./theory/rates.js";
export { type Theorem, type TheoremId, type TheoremStatus, theorems } from "./theory/registry/index.js";
export {
  type Sandwich,
  type SandwichInput,
  type SandwichRole,
  type SandwichRow,
  sandwich,
  type Unavailable,
} from "./theory/sandwich.js";
export { type VariationalOptions, type VariationalRequest, variationalBound } from "./theory/variational.js";
export {
  type DataMoments,
  largestMmse,
  worstAncestralDiscretization,
  worstEulerMaruyamaDiscretization,
  worstExponentialIntegratorDiscretization,
} from "./theory/worst-case-discretization.js";
export { ComlinkPool, type ComlinkPoolOptions } from "./workers/comlink/pool.js";
export type { WorkerLike } from "./workers/comlink/worker-handle.js";
export { InThreadPool } from "./workers/in-thread.js";
export { openPool, type PoolOptions } from "./workers/open-pool.js";
export { defineTask, type Held, hold, type Task, type TaskDefinition } from "./workers/task.js";
export type { CallOptions, Installation, WorkerFunction, WorkerPool } from "./workers/worker-pool.js";
