import type { RoundProbe } from "./round-fold.js";

/** The first number of the probes that no measurement gives: NaN, infinite, or negative where it is a square or a quotient of norms. */
export function probeDefect(probes: readonly RoundProbe[]): string | null {
  for (const { round, loss, gradientSquared, parameterNorm, smoothness, masked } of probes) {
    if (!Number.isFinite(loss)) return `loss = ${loss} in round ${round}`;
    const sizes = { gradientSquared, parameterNorm, ...prefixed("smoothness", smoothness), ...masked };
    for (const [name, value] of Object.entries(sizes)) {
      if (value !== null && !(Number.isFinite(value) && value >= 0)) return `${name} = ${value} in round ${round}`;
    }
  }
  return null;
}

function prefixed(prefix: string, record: RoundProbe["smoothness"]): Record<string, number | null> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}.${name}`, value]));
}
