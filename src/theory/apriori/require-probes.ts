import { requireAnyNumber, requireArray, requireObject } from "../../errors.js";
import type { AssignedRange, Extremes, OfClient } from "./assigned-range.js";
import type { MaskedProbe, RoundProbe } from "./round-fold.js";

const maskedKeys = [
  ...["heterogeneity", "uncovered", "gradientVariance", "gradientSecondMoment"],
  ...["averageVariance", "pruningChange", "driftChange"],
  ...["inverseCoverage", "inverseCoverageSquared", "prunedInverseCoverage"],
  ...["varianceBound", "pruningBound", "driftBound"],
] as readonly (keyof MaskedProbe)[];

const smoothnessKeys = ["hessian", "pruned", "local", "consecutive"] as const;

/** Throws unless probes are what `RoundFold` gives; their numbers may be NaN or infinite, of which a report says what that means. */
export function requireProbes(argument: string, probes: readonly RoundProbe[]): void {
  requireArray(argument, probes);
  for (const [index, probe] of probes.entries()) requireProbe(`${argument}[${index}]`, probe);
}

function requireProbe(argument: string, probe: RoundProbe): void {
  const { round, loss, gradientSquared, parameterNorm, smoothness, masked, assigned } = requireObject(argument, probe);
  requireNumbersOf(argument, { round, loss, gradientSquared, parameterNorm });
  requireObject(`${argument}.smoothness`, smoothness);
  for (const key of smoothnessKeys) {
    const quotient = smoothness[key];
    if (quotient !== null) requireAnyNumber(`${argument}.smoothness.${key}`, quotient);
  }
  if (masked !== null) requireMasked(`${argument}.masked`, masked);
  if (assigned !== undefined) requireAssigned(`${argument}.assigned`, assigned);
}

function requireMasked(argument: string, masked: MaskedProbe): void {
  requireObject(argument, masked);
  for (const key of maskedKeys) requireAnyNumber(`${argument}.${key}`, masked[key]);
}

function requireAssigned(argument: string, assigned: AssignedRange): void {
  const { clients, localSteps, weight } = requireObject(argument, assigned);
  requireAnyNumber(`${argument}.clients`, clients);
  requireExtremes(`${argument}.localSteps`, localSteps);
  requireExtremes(`${argument}.weight`, weight);
}

function requireExtremes(argument: string, extremes: Extremes): void {
  const { least, most } = requireObject(argument, extremes);
  requireOfClient(`${argument}.least`, least);
  requireOfClient(`${argument}.most`, most);
}

function requireOfClient(argument: string, of: OfClient): void {
  const { client, value } = requireObject(argument, of);
  requireNumbersOf(argument, { client, value });
}

function requireNumbersOf(argument: string, values: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(values)) requireAnyNumber(`${argument}.${key}`, value);
}
