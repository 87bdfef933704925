/**
 * "fedscore/diffusion": noise schedules, time grids, samplers, what a network may predict, score networks and their training.
 * @module fedscore/diffusion
 */
export type { Curvature } from "../diffusion/curvature.js";
export type { Denoiser, DenoiserSession, DifferentiableSession } from "../diffusion/denoiser.js";
export type { Tolerance } from "../diffusion/dormand-prince.js";
export { type FlowOptions, followFlow } from "../diffusion/follow-flow.js";
export { type DenoiseFunction, denoiserFromFunction, type JvpFunction } from "../diffusion/function-denoiser.js";
export { type GaussianLaw, type GaussianLawOptions, gaussianKl, gaussianLaw } from "../diffusion/gaussian-law.js";
export { levelsOf, type TimeGrid, validateGrid } from "../diffusion/grid.js";
export { createGrid, type GridSpec } from "../diffusion/grids/index.js";
export { kappaOf } from "../diffusion/grids/range.js";
export { type InvertOptions, invert } from "../diffusion/invert.js";
export { ouTime } from "../diffusion/ou-time.js";
export type { Parameterization, Preconditioning } from "../diffusion/parameterization.js";
export { type ParameterizationName, parameterizations } from "../diffusion/parameterizations/index.js";
export { evaluationsPerSample, type SampleOptions, type SampleStep, sample } from "../diffusion/sample.js";
export { type SampleGivenOptions, sampleGiven } from "../diffusion/sample-given.js";
export type {
  ErrorsNeeded,
  FlowMove,
  FlowRoom,
  FlowSampler,
  GridStep,
  PartSampler,
  Sampler,
  StepCoefficients,
  StepPart,
  StepSampler,
} from "../diffusion/sampler.js";
export { createSampler, type SamplerName, type SamplerSpec, samplers } from "../diffusion/samplers/index.js";
export {
  levelAt,
  levelOfLogSnr,
  type NoiseLevel,
  type NoiseSchedule,
  ownLevelAt,
  snrOf,
} from "../diffusion/schedule.js";
export { createSchedule, type NoiseScheduleSpec } from "../diffusion/schedules/index.js";
export type { WeightedLevel, Weighting } from "../diffusion/weighting.js";
export { certificateLoss } from "../diffusion/weightings/certificate.js";
export { type WeightingName, weightings } from "../diffusion/weightings/index.js";
export type { Guidance, GuidanceInterval } from "../network/conditioned.js";
export { initializeParameters } from "../network/initialize.js";
export { type LevelDistributionSpec, levelDistributions } from "../network/level-distributions/index.js";
export { type LevelDraws, levelDraws } from "../network/level-draws.js";
export { levelTable, levelWeights, noiseFeatures, type TrainingLevels, trainingLevels } from "../network/levels.js";
export { MlpSession } from "../network/mlp.js";
export type { Activation, Conditioning, Normalization } from "../network/network-fields.js";
export {
  createOptimizer,
  type Optimizer,
  type OptimizerSettings,
  type OptimizerStepOptions,
} from "../network/optimizers/index.js";
export type { RecordPrivacy, RecordPrivacyOptions } from "../network/privacy.js";
export { createRate, type Rate, type RateSpec, type RateStep, rates } from "../network/rates/index.js";
export { type SampleClasses, ScoreNetwork } from "../network/score-network.js";
export {
  type LinearMap,
  layoutOf,
  type NetworkOptions,
  type NetworkSpec,
  type ParameterEntry,
  type ParameterLayout,
} from "../network/spec.js";
export { trainLocally } from "../network/train-locally.js";
export type {
  InPlaceTrainingRequest,
  LevelSettings,
  LocalEnd,
  LocalRule,
  LocalStep,
  LocalTrainer,
  LocalTraining,
  LocalTrainingRequest,
  LocalTrainingResult,
  TrainingSettings,
} from "../network/training.js";
export type { LevelOptions, TrainingOptions } from "../network/training-fields.js";
export { trainingRows } from "../network/training-rows.js";
