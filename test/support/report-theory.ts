import { plainApriori } from "../../src/experiment/result/plain-apriori.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { aprioriReport } from "../../src/theory/apriori/apriori-bound.js";
import { aprioriInput } from "./apriori-run.js";

const term = (value: number, meaning: string) => ({ value, upper: 1.02 * value, meaning });
const assumption = (statement: string, met = true) => ({ statement, met, evidence: `how ${statement} was checked` });

/** The theory's parts of a result, each present. */
export function reportTheory() {
  const snr = Array.from({ length: 40 }, (_, k) => Math.exp(-8 + k / 3));
  const terms = {
    initialization: term(0.0021, "sampling starts at N(0, I)"),
    score: term(0.131, "the denoiser's error at the grid points"),
    discretization: term(0.0684, "the denoiser is held for a whole step"),
  };
  const bound = {
    name: "certificate (ancestral)",
    theorem: "ancestral",
    unit: "nats" as const,
    interval: { low: 0.19, high: 0.21, confidence: 0.95 },
    value: 0.2015,
    upper: 0.2074,
    bitsPerDimension: 0.1496,
    confidence: 0.95,
    terms,
    assumptions: [assumption("the data law is a ring of 8"), assumption("samples come from ancestral")],
    samples: 20_480,
  };
  const whole = plainApriori(aprioriReport(aprioriInput));
  const [probe] = whole.gradient.perProbe;
  const perProbe = [0, 10, 20, 40, 80].map((round) => ({
    ...probe,
    round,
    gradientSquared: 0.9 * Math.exp(-round / 25),
    measured: {
      optimization: round === 80 ? null : 0.4 * Math.exp(-round / 30),
      variance: 0.0021,
      pruning: 0.04,
      drift: 0.003,
      heterogeneity: 0.02,
      uncovered: 0,
    },
  }));
  const gradientTerm = (value: number, measured: number, meaning: string) => ({
    ...{ value, measured, meaning },
    largest: 3 * value,
  });
  const conditions = [assumption("clients run plain SGD"), assumption("eta T_l L <= 1/2", false)];
  const row = { low: null, high: null, reason: null, confidence: 0.95, theorem: null };
  return {
    certificate: {
      ...bound,
      sampler: "ancestral",
      dimension: 2,
      steps: {
        snr,
        mmse: snr.map((each) => 2 / (1 + each)),
        score: snr.map(() => 0.003),
        discretization: snr.map(() => 0.002),
      },
    },
    sandwich: {
      rows: [
        { ...row, role: "lower bound", name: "projection on coordinate 1, 8 cells", value: 0.021, high: 0.034 },
        { ...row, role: "estimate", name: "5-NN KL", value: 0.06, low: 0.041, high: 0.081 },
        { ...row, role: "certificate", name: "certificate (ancestral)", value: 0.2074, low: 0.2015 },
        { ...row, role: "a-priori bound", name: "a-priori bound", value: null, reason: "eta T_l L <= 1/2: it is 3.1" },
      ],
      notes: ["Estimates may lie on either side of KL: they are no bounds."],
    },
    apriori: {
      ...whole,
      value: null,
      bound: {
        ...bound,
        name: "a-priori bound",
        value: null,
        upper: null,
        bitsPerDimension: null,
        assumptions: conditions,
        vacuous: "eta T_l L <= 1/2: it is 3.1",
      },
      gradient: {
        value: null,
        largest: null,
        vacuous: "eta T_l L <= 1/2: it is 3.1",
        measured: 0.31,
        terms: {
          optimization: gradientTerm(1.9, 0.11, "the start is not the optimum"),
          variance: gradientTerm(0.012, 0.0021, "stochastic gradients"),
          pruning: gradientTerm(4.2, 0.04, "a client differentiates at theta * m"),
          drift: gradientTerm(0.31, 0.003, "a client moves away during its local steps"),
          heterogeneity: gradientTerm(0.05, 0.02, "clients do not represent all"),
          uncovered: gradientTerm(0, 0, "parameters that no client kept"),
        },
        conditions,
        constants: {
          ...whole.gradient.constants,
          smoothness: { value: 6.2, how: "largest quotient along the run" },
          coverageMin: { value: 2, how: "from the masks" },
        },
        perProbe,
      },
    },
  } satisfies Partial<ExperimentResult>;
}
