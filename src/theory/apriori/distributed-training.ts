import { ArgumentError } from "../../errors.js";
import type { Assumption, BoundTerm } from "../bound.js";
import { type GradientTerm, gradientTermMeanings, ofEachTerm } from "./gradient-terms.js";
import type { RunKind } from "./run-kind.js";
import { type ConstantDefect, constantDefect, type TrainingConstants } from "./training-constants.js";

/** The right-hand side: its terms, none negative, add up to `total`, a bound on the mean over rounds of E|grad F(theta_q)|^2. */
export interface GradientBound {
  readonly total: number;
  readonly terms: Readonly<Record<GradientTerm, BoundTerm>>;
}

/**
 * Convergence of federated training under arbitrary pruning with explicit constants (after Zhou et al., arXiv 2310.08670, theorem 1):
 *
 *     mean_q E|grad F|^2 <= 2 (F_0 - F*) / (eta T Q) + 2 L eta N sigma^2 / Gamma^2
 *         + c (N L^2 / Gamma) (delta^2 mean|theta|^2 + eta^2 T^2 G^2 / 3) + c zeta^2 + uncovered,   c = 1 if zeta = 0, else 2.
 *
 * Where L_p and L_m are given, the third term is at most 2 c (N / Gamma) (L_p^2 delta^2 mean|theta|^2 + L_m^2 eta^2 T^2 G^2 / 3) too, by
 * |dF_n(theta) - dF_n(theta_t)| <= L_p |theta - theta * m| + L_m |theta * m - theta_t|: the smaller of the two is taken.
 * Holds under the conditions of `trainingConditions`.
 * @throws ArgumentError naming the constant that `gradientDefect` finds.
 */
export function gradientBound(constants: TrainingConstants): GradientBound {
  const defect = gradientDefect(constants);
  if (defect) throw new ArgumentError(defect.constant, defect.rule, defect.value);
  return rightHandSide(constants);
}

/** What keeps the right-hand side from being evaluated: a constant outside its range, or a term too large for a number; null where nothing does. */
export function gradientDefect(constants: TrainingConstants): ConstantDefect | null {
  const outside = constantDefect(constants);
  if (outside) return outside;
  const { total, terms } = rightHandSide(constants);
  const sizes = [...Object.entries(terms).map(([name, { value }]) => ({ name, value })), { name: "sum", value: total }];
  const infinite = sizes.find(({ value }) => !Number.isFinite(value));
  return infinite
    ? { constant: `the ${infinite.name} of the bound`, rule: "must be finite", value: infinite.value }
    : null;
}

function rightHandSide(constants: TrainingConstants): GradientBound {
  const { smoothness: L, learningRate: eta, localSteps: T, rounds: Q, clients: N, coverageMin: Gamma } = constants;
  const c = constants.heterogeneity === 0 ? 1 : 2;
  const spread = (c * N) / Gamma;
  const pruned = constants.pruningNoise * constants.parameterNorm;
  const moved = (eta * eta * T * T * constants.gradientSecondMoment) / 3;
  const { pruningSmoothness: Lp = L, driftSmoothness: Lm = L } = constants;
  const apart = 2 * (Lp * Lp * pruned + Lm * Lm * moved) < L * L * (pruned + moved);
  const values: Readonly<Record<GradientTerm, number>> = {
    optimization: (2 * (constants.initialLoss - constants.infimum)) / (eta * T * Q),
    variance: (2 * L * eta * N * constants.gradientVariance) / (Gamma * Gamma),
    pruning: spread * pruned * (apart ? 2 * Lp * Lp : L * L),
    drift: spread * moved * (apart ? 2 * Lm * Lm : L * L),
    heterogeneity: c * constants.heterogeneity,
    uncovered: constants.uncovered,
  };
  return {
    total: Object.values(values).reduce((sum, value) => sum + value, 0),
    terms: ofEachTerm((name) => ({ value: values[name], upper: values[name], meaning: gradientTermMeanings[name] })),
  };
}

/** What the inequality needs, each checked on the constants and the kind of local optimizer. */
export function trainingConditions(
  constants: Pick<TrainingConstants, "smoothness" | "learningRate" | "localSteps" | "coverageMin">,
  run: Pick<RunKind, "optimizer" | "server" | "neverCovered">,
): Assumption[] {
  const step = constants.learningRate * constants.localSteps * constants.smoothness;
  return [
    {
      statement: "clients run plain SGD",
      met: run.optimizer === "sgd",
      evidence: `the local optimizer is ${run.optimizer}`,
    },
    {
      statement: "the server takes the plain average over the clients that kept a parameter",
      met: run.server === "fedavg",
      evidence: `the server optimizer is ${run.server}`,
    },
    {
      statement: "eta T_l L <= 1/2",
      met: step >= 0 && step <= 0.5,
      evidence: `eta T_l L = ${step.toPrecision(4)}, with L measured along the run`,
    },
    {
      statement: "every parameter is kept by a client in some round",
      met: run.neverCovered === 0,
      evidence: `${run.neverCovered} parameters were never covered`,
    },
    {
      statement: "Gamma* >= 1 over the covered parameters",
      met: constants.coverageMin >= 1,
      evidence: `Gamma* = ${constants.coverageMin}`,
    },
  ];
}
