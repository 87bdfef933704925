import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { AprioriInput } from "../../src/theory/apriori/apriori-bound.js";
import type { RunFacts } from "../../src/theory/apriori/measured-constants.js";
import type { RoundProbe } from "../../src/theory/apriori/round-fold.js";
import type { RunKind } from "../../src/theory/apriori/run-kind.js";

/** A run of plain SGD as the probes of its rounds 0, 4 and 8 and of its end would have it: every condition is met. */
export const facts: Omit<RunFacts, "infimum"> = {
  learningRate: 0.01,
  localSteps: 3,
  rounds: 9,
  participants: 4,
  coverageMin: 2,
  pruningNoise: 0.1,
  parameterNorm: 8,
};

export const kind: RunKind = {
  optimizer: "sgd",
  server: "fedavg",
  neverCovered: 0,
  objective: "the mean of the training loss over all clients",
};

export const masked = {
  heterogeneity: 0.1,
  uncovered: 0.02,
  gradientVariance: 1,
  gradientSecondMoment: 2,
  averageVariance: 0.2,
  pruningChange: 0.05,
  driftChange: 0.03,
  // Four clients, of which two prune, with a share of Gamma* each.
  inverseCoverage: 2,
  inverseCoverageSquared: 1,
  prunedInverseCoverage: 1,
  varianceBound: 0.8,
  pruningBound: 0.6,
  driftBound: 12,
};

const everybody = (value: number) => ({ least: { client: 0, value }, most: { client: 0, value } });

export const assigned = { clients: 4, localSteps: everybody(3), weight: everybody(1) };

export const probes: readonly RoundProbe[] = [0, 4, 8, 9].map((round) => ({
  round,
  loss: 1 + 2 / (1 + round),
  gradientSquared: 3 / (1 + round),
  parameterNorm: 8,
  smoothness: { hessian: 4, pruned: 1, local: 2, consecutive: round === 0 ? null : 3 },
  masked: round === 9 ? null : masked,
  ...(round < 9 && { assigned }),
}));

/** The least loss of `probes`. */
export const leastLoss = 1.2;

const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const grid = createGrid({ kind: "benton", steps: 20, start: 4, end: 0.01 }, schedule);

export const aprioriInput: AprioriInput = {
  probes,
  run: { ...facts, ...kind },
  training: { weighting: "certificate", levels: { spacing: "grid", times: [...grid.times] } },
  sampler: "exponential-integrator",
  schedule,
  grid,
  moments: { dimension: 2, variance: 1.5, secondMoment: 2 },
  irreducible: { value: 1, how: "closed form" },
};

/** The same run with one probe changed. */
export function withProbe(index: number, change: Partial<RoundProbe>): RoundProbe[] {
  return probes.map((probe, k) => (k === index ? { ...probe, ...change } : probe));
}
