import type { AprioriReport } from "../../theory/apriori/apriori-bound.js";
import type { GradientReport, ProbedRound } from "../../theory/apriori/gradient-report.js";
import type { MeasuredConstant } from "../../theory/apriori/measured-constants.js";
import type { Computed } from "./not-computed.js";
import type { ExperimentResult } from "./schema.js";

type PlainApriori = Computed<ExperimentResult["apriori"]>;

/** Plain data as result.json has it: null for NaN and Infinity, which JSON cannot hold. */
export function plainApriori(report: AprioriReport): PlainApriori {
  const { bound, score, lastBound, lastScore, scores, gradient, polyakLojasiewicz: mu, irreducible, rates } = report;
  const { value, vacuous } = bound;
  return {
    value,
    ...(vacuous !== undefined && { vacuous }),
    bound,
    score,
    lastBound,
    lastScore,
    scores,
    gradient: plainGradient(gradient),
    polyakLojasiewicz: mu && Number.isFinite(mu.value) ? mu : null,
    irreducible: plainConstant(irreducible),
    rates: { label: rates.label, kappa: rates.kappa, horizon: rates.horizon, steps: rates.steps, terms: rates.terms },
  };
}

function plainGradient(gradient: GradientReport): PlainApriori["gradient"] {
  return {
    ...gradient,
    constants: plainConstants(gradient.constants),
    perProbe: gradient.perProbe.map(plainProbe),
  };
}

function plainConstants<K extends string>(constants: Readonly<Record<K, MeasuredConstant>>) {
  const plain: Record<K, ReturnType<typeof plainConstant>> = { ...constants };
  for (const name in plain) plain[name] = plainConstant(constants[name]);
  return plain;
}

function plainConstant({ value, how }: MeasuredConstant) {
  return { value: Number.isFinite(value) ? value : null, how };
}

function plainProbe(probe: ProbedRound): PlainApriori["gradient"]["perProbe"][number] {
  const { loss, gradientSquared, parameterNorm, smoothness, masked } = probe;
  return {
    ...probe,
    ...plainNumbers({ loss, gradientSquared, parameterNorm }),
    smoothness: plainNumbers(smoothness),
    masked: masked && plainNumbers({ ...masked }),
  };
}

function plainNumbers<K extends string>(numbers: Readonly<Record<K, number | null>>): Record<K, number | null> {
  const plain: Record<K, number | null> = { ...numbers };
  for (const name in plain) if (!Number.isFinite(plain[name])) plain[name] = null;
  return plain;
}
