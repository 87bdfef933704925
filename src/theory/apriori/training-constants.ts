/** Constants of a training run with arbitrary pruning; squared norms are Euclidean over the flat parameter vector. */
export interface TrainingConstants {
  /** L: each client's loss has an L-Lipschitz gradient. */
  readonly smoothness: number;
  /** L_p, L_m <= L: Lipschitz constants between theta_q and theta_q * m, and along the local steps. Absent: L. */
  readonly pruningSmoothness?: number;
  readonly driftSmoothness?: number;
  /** eta of plain local SGD. */
  readonly learningRate: number;
  /** T_l. */
  readonly localSteps: number;
  /** Q. */
  readonly rounds: number;
  /** N: clients of a round. */
  readonly clients: number;
  /** Gamma*: fewest clients that kept a covered parameter in a round. */
  readonly coverageMin: number;
  /** Sums over the clients of a round of 1 / Gamma_n, 1 / Gamma_n^2, and 1 / Gamma_n of those that prune. Absent: N / Gamma*, N / Gamma*^2, the first. */
  readonly inverseCoverage?: number;
  readonly inverseCoverageSquared?: number;
  readonly prunedInverseCoverage?: number;
  /** sigma^2: variance of a stochastic gradient. */
  readonly gradientVariance: number;
  /** G^2: second moment of a stochastic gradient. */
  readonly gradientSecondMoment: number;
  /** delta_p^2: largest |theta - theta * m|^2 / |theta|^2. */
  readonly pruningNoise: number;
  /** Mean over rounds of |theta_q|^2. */
  readonly parameterNorm: number;
  /** zeta^2: largest over rounds of |dF - mean over the covering clients of dF_n|^2; 0 for identical data. */
  readonly heterogeneity: number;
  /** Mean over rounds of the squared gradient on parameters that no client of the round kept. */
  readonly uncovered: number;
  /** F(theta_0). */
  readonly initialLoss: number;
  /** A lower bound of F, or its infimum. */
  readonly infimum: number;
}

/** A constant outside its range, in the words of an ArgumentError. */
export interface ConstantDefect {
  readonly constant: string;
  readonly rule: string;
  readonly value: number;
}

/** What a constant must be for the inequality to mean anything, besides finite. */
interface Range {
  readonly rule: string;
  readonly holds: (value: number, constants: TrainingConstants) => boolean;
}

const positive: Range = { rule: "must be finite and > 0", holds: (value) => value > 0 };
const notNegative: Range = { rule: "must be finite and >= 0", holds: (value) => value >= 0 };
const count: Range = { rule: "must be an integer >= 1", holds: (value) => Number.isInteger(value) && value >= 1 };
const directional: Range = {
  rule: "must lie in [0, smoothness]",
  holds: (value, { smoothness }) => value >= 0 && value <= smoothness,
};

/** At most N clients, and none that keeps a parameter which fewer than Gamma* keep. */
const spreadOver = (power: 1 | 2): Range => ({
  rule: `must lie in [0, clients / coverageMin${power === 1 ? "" : "^2"}]`,
  holds: (value, { clients, coverageMin }) => value >= 0 && value <= (clients / coverageMin ** power) * (1 + rounding),
});

/** Part of a sum that rounding may move. */
const rounding = 1e-9;

const ranges: Readonly<Record<keyof TrainingConstants, Range>> = {
  smoothness: notNegative,
  pruningSmoothness: directional,
  driftSmoothness: directional,
  learningRate: positive,
  localSteps: count,
  rounds: count,
  clients: count,
  coverageMin: {
    rule: "must be an integer in [1, clients]",
    holds: (value, { clients }) => Number.isInteger(value) && value >= 1 && value <= clients,
  },
  inverseCoverage: spreadOver(1),
  inverseCoverageSquared: spreadOver(2),
  prunedInverseCoverage: spreadOver(1),
  gradientVariance: notNegative,
  gradientSecondMoment: notNegative,
  pruningNoise: notNegative,
  parameterNorm: notNegative,
  heterogeneity: notNegative,
  uncovered: notNegative,
  initialLoss: { rule: "must be finite", holds: () => true },
  infimum: {
    rule: "must be finite and not above initialLoss",
    holds: (value, { initialLoss }) => value <= initialLoss,
  },
};

/** Their names. */
export const trainingConstants = Object.keys(ranges) as readonly (keyof TrainingConstants)[];

/** The first constant that is NaN, infinite or outside its range; null where there is none. */
export function constantDefect(constants: TrainingConstants): ConstantDefect | null {
  const { smoothness } = constants;
  const values = {
    ...{ pruningSmoothness: smoothness, driftSmoothness: smoothness },
    ...{ inverseCoverage: 0, inverseCoverageSquared: 0, prunedInverseCoverage: 0 },
    ...constants,
  };
  for (const constant of trainingConstants) {
    const { rule, holds } = ranges[constant];
    const value = values[constant];
    if (!Number.isFinite(value) || !holds(value, constants)) return { constant, rule, value };
  }
  return null;
}
