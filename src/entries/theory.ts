/**
 * "fedscore/theory": certificates and bounds on how far the samples' law is from the data's, their terms, and the theorems behind them.
 * @module fedscore/theory
 */
export {
  type AprioriInput,
  type AprioriReport,
  aprioriReport,
  irreducibleLoss,
} from "../theory/apriori/apriori-bound.js";
export type { CoverageSpread } from "../theory/apriori/coverage-spread.js";
export type { GradientOracle } from "../theory/apriori/gradient-oracle.js";
export {
  type GradientReport,
  gradientReport,
  type MeasuredTerms,
  type ProbedRound,
  type ReportedTerm,
} from "../theory/apriori/gradient-report.js";
export type { GradientTerm } from "../theory/apriori/gradient-terms.js";
export {
  type ClientMeasurement,
  type ClientProbe,
  type ClientRound,
  type ClientSmoothness,
  measureClient,
} from "../theory/apriori/measure-client.js";
export type { MeasuredConstant, MeasuredConstants, RunFacts } from "../theory/apriori/measured-constants.js";
export { type ProbeOptions, TrainingProbe } from "../theory/apriori/probe.js";
export { type MaskedProbe, RoundFold, type RoundProbe } from "../theory/apriori/round-fold.js";
export {
  type DroppedUpdate,
  type LeftOut,
  type OwnSteps,
  type RunKind,
  type TrainingKind,
  trainingKindOf,
} from "../theory/apriori/run-kind.js";
export type { ScoreComparison, ScoreValues } from "../theory/apriori/score-comparison.js";
export type { Assumption, Bound, BoundTerm, Interval } from "../theory/bound.js";
export type { Certificate, CertificateOptions, CertificateSteps } from "../theory/certificate/certificate.js";
export { certifyInPool } from "../theory/certificate/certify-in-pool.js";
export { certifyTarget, type TargetCertificateRequest } from "../theory/certificate/certify-target.js";
export { derivedSeed } from "../theory/certificate/seed.js";
export type { CertificateSubject } from "../theory/certificate/subject.js";
export type { CertificateRequest, NetworkData } from "../theory/certificate/unit-task.js";
export {
  certifiedTimes,
  compareGrids,
  discretizationOn,
  type GridComparison,
  snrLadder,
} from "../theory/certified-grid.js";
export { type CurvedStepCostRequest, curvedStepCost } from "../theory/curved-step-cost.js";
export { type BandwidthRequest, medianBandwidth } from "../theory/data-law/bandwidth.js";
export {
  type LawKlCurve,
  type LawKlOptions,
  type LawKlPoint,
  type LawKlRequest,
  lawKlCurve,
} from "../theory/data-law/kl-curve.js";
export { type MmdInterval, type MmdRequest, mmdInterval } from "../theory/data-law/mmd-interval.js";
export {
  type RowEntropy,
  type RowEntropyOptions,
  type RowEntropyRequest,
  rowEntropy,
} from "../theory/data-law/row-entropy.js";
export {
  type TotalVariationBound,
  totalVariationLowerBound,
} from "../theory/data-law/total-variation.js";
export type { TwoSamples, TwoSamplesOptions } from "../theory/data-law/two-samples.js";
export { equalShareTimes } from "../theory/equal-share-grid.js";
export {
  type GaussianParameters,
  multivariateGaussianKl,
  multivariateGaussianW2,
} from "../theory/gaussian-kl.js";
export type { DefensiveEnd } from "../theory/interval/defensive-end.js";
export type { DefensiveOptions } from "../theory/interval/defensive-sampler.js";
export type { KlInterval, KlIntervalOptions } from "../theory/interval/kl-interval.js";
export { klIntervalInPool } from "../theory/interval/kl-interval-in-pool.js";
export type { ProposalName } from "../theory/interval/proposals/index.js";
export { klLowerBound, type LowerBound, type LowerBoundOptions } from "../theory/lower-bound/lower-bound.js";
export { type FlowLikelihood, type FlowLikelihoodOptions, flowLikelihood } from "../theory/measured/flow-likelihood.js";
export { nearestNeighbourKl } from "../theory/measured/nearest-neighbour-kl.js";
export { noisedSample } from "../theory/measured/noised-sample.js";
export { gaussianMmseCurve, type MmseCurve, mmseCurve } from "../theory/mmse-curve.js";
export { estimateMmse, type MmseEstimate, type MmseRequest } from "../theory/mmse-monte-carlo.js";
export {
  analyticStepCost,
  asymptoticGridSnr,
  diagonalStepCost,
  discretizationOf,
  optimalGridIndices,
  type StepCost,
} from "../theory/optimal-grid.js";
export { bentonRates, type ReferenceRates } from "../theory/rates.js";
export { type Theorem, type TheoremId, type TheoremStatus, theorems } from "../theory/registry/index.js";
export {
  type Sandwich,
  type SandwichInput,
  type SandwichRole,
  type SandwichRow,
  sandwich,
  type Unavailable,
} from "../theory/sandwich.js";
export { type StepErrorsRequest, stepErrors } from "../theory/step-errors.js";
export { type VariationalOptions, type VariationalRequest, variationalBound } from "../theory/variational.js";
export {
  type DataMoments,
  largestMmse,
  worstAnalyticDiscretization,
  worstAncestralDiscretization,
  worstEulerMaruyamaDiscretization,
  worstExponentialIntegratorDiscretization,
} from "../theory/worst-case-discretization.js";
