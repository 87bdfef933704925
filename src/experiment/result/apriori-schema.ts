import * as z from "zod";
import { gradientTerms } from "../../theory/apriori/gradient-terms.js";
import { trainingConstants } from "../../theory/apriori/training-constants.js";
import { bound } from "./bound-schema.js";

const finite = z.number();
const round = z.int().gte(0);
/** null: not measured, or NaN or infinite. */
const measured = finite.nullable();

const ofEachTerm = <T extends z.ZodType>(schema: T) => z.record(z.enum(gradientTerms), schema);

const masked = z.strictObject({
  heterogeneity: measured.describe("zeta_q^2 = sum_i |dF^i - mean over the covering clients of dF_n^i|^2."),
  uncovered: measured.describe("Squared gradient on parameters that no client of the round kept."),
  gradientVariance: measured.describe("sigma^2: largest of the clients."),
  gradientSecondMoment: measured.describe("G^2: largest of the clients."),
  averageVariance: measured.describe("Variance of the averaged gradient."),
  pruningChange: measured.describe("Square of what pruning changes of the averaged gradient."),
  driftChange: measured.describe("Square of what the local steps but the last change of the averaged gradient."),
  inverseCoverage: measured.describe(
    "Sum over the round's clients of 1 / Gamma_n, Gamma_n the fewest clients on any parameter that client n keeps.",
  ),
  inverseCoverageSquared: measured.describe("Sum over the round's clients of 1 / Gamma_n^2."),
  prunedInverseCoverage: measured.describe("Sum of 1 / Gamma_n over the clients that prune."),
  varianceBound: measured.describe("V_q = sum_n sigma_n^2 / Gamma_n^2."),
  pruningBound: measured.describe("P_q = sum over the clients that prune of L_p,n^2 |theta - theta m_n|^2 / Gamma_n."),
  driftBound: measured.describe(
    "sum_n L_m,n^2 G_n^2 / Gamma_n: D_q but for eta^2 and the mean of t^2 over the local steps.",
  ),
});

const ofClient = z.strictObject({ client: round, value: finite });
const extremes = z.strictObject({ least: ofClient, most: ofClient });

const probe = z.strictObject({
  round,
  loss: measured.describe("F(theta_q) on the probes, in units of the training loss."),
  gradientSquared: measured.describe("|grad F(theta_q)|^2."),
  parameterNorm: measured.describe("|theta_q|^2."),
  smoothness: z
    .strictObject({ hessian: measured, pruned: measured, local: measured, consecutive: measured })
    .describe("Quotients |grad F(a) - grad F(b)| / |a - b|, by where a and b are."),
  masked: masked.nullable().describe("What needs the masks of a round; null at the end of training."),
  assigned: z
    .strictObject({ clients: round, localSteps: extremes, weight: extremes })
    .exactOptional()
    .describe("What the clients of the round were assigned, each extreme with a client that has it."),
  measured: ofEachTerm(measured).describe(
    "The terms of the gradient bound as they were measured here, before the inequalities.",
  ),
});

const constant = z.strictObject({ value: measured, how: z.string() });

const gradient = z.strictObject({
  value: finite
    .nullable()
    .describe(
      "Bound on the mean over the rounds of |grad F|^2, by the constants of each round; null where a condition fails.",
    ),
  largest: finite.nullable().describe("The same with the largest constants of the run in every round."),
  vacuous: z.string().exactOptional().describe("Why there is no value."),
  measured: measured.describe("The mean over the probed rounds."),
  terms: ofEachTerm(
    z.strictObject({
      value: finite
        .gte(0)
        .nullable()
        .describe("By the constants of each round; null where the constants themselves are in doubt."),
      largest: finite.gte(0).nullable().describe("With the largest constants of the run in every round."),
      measured,
      meaning: z.string(),
    }),
  ),
  conditions: bound.shape.assumptions,
  constants: z
    .record(z.enum(trainingConstants), constant)
    .describe("Each constant and how it was measured; null: NaN or infinite."),
  perProbe: z.array(probe).describe("The measurements, in the order of training."),
});

const scores = z.strictObject({
  largest: finite.nullable().describe("The bound with the largest constants of the run in every round."),
  eachRound: finite.nullable().describe("The bound with the constants of each probed round, as reported."),
  changes: finite
    .nullable()
    .describe("The same with the changes of the averaged gradient as measured, in place of L times a distance."),
  measured: measured.describe("F - F_irreducible on the probes."),
});

/** The a-priori section of result.json. */
export const aprioriResult = z.strictObject({
  value: bound.shape.value.describe("Of `bound`: on the mean over the rounds of KL(q_delta || p_theta), nats."),
  vacuous: z.string().exactOptional().describe("Why there is no value."),
  bound: bound.describe("Initialization, discretization, score and, for some samplers, their cross term."),
  score: bound.describe("On the mean over the rounds of the score term, from the gradients of training."),
  lastBound: bound.describe("As `bound`, of the network after the last round."),
  lastScore: bound.describe("As `score`, of the network after the last round."),
  scores: z
    .strictObject({
      mean: scores.describe("Mean over the rounds."),
      last: scores.describe("After the last round."),
    })
    .describe("The score term in nats, by less and by more of what was measured; null where there is no bound."),
  gradient: gradient.describe(
    "Training with arbitrary pruning: each term beside its measured mean, in squared units of the training loss's gradient.",
  ),
  polyakLojasiewicz: constant.nullable().describe("mu, of F in nats; null where F was not measured."),
  irreducible: constant.describe("F_irreducible in nats, or a lower bound of it."),
  rates: z
    .strictObject({
      label: z.string(),
      kappa: finite,
      horizon: finite.describe("T in Ornstein-Uhlenbeck time."),
      steps: round,
      terms: z.record(z.string(), finite),
    })
    .describe("Rates of the literature: up to a universal constant, never a bound."),
});
