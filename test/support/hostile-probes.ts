import fc from "fast-check";
import type { RoundProbe } from "../../src/theory/apriori/round-fold.js";
import { probes } from "./apriori-run.js";
import { anyNumber } from "./hostile-numbers.js";

function anyRecord<K extends string>(good: Readonly<Record<K, number | null>>): fc.Arbitrary<Record<K, number | null>> {
  return fc.record<Record<K, number | null>>(
    Object.fromEntries(
      Object.entries<number | null>(good).map(([name, value]) => [
        name,
        value === null ? fc.constant(null) : anyNumber(value),
      ]),
    ) as { [Name in K]: fc.Arbitrary<number | null> },
  );
}

const hostile: fc.Arbitrary<readonly RoundProbe[]> = fc.tuple(
  ...probes.map((probe) => {
    const { loss, gradientSquared, parameterNorm, smoothness, masked } = probe;
    return fc
      .record({
        numbers: anyRecord({ loss, gradientSquared, parameterNorm }),
        smoothness: anyRecord(smoothness),
        masked: masked ? anyRecord({ ...masked }) : fc.constant(null),
      })
      .map(({ numbers, ...rest }) => ({ ...probe, ...numbers, ...rest }) as RoundProbe);
  }),
);

const unchanged: fc.Arbitrary<readonly RoundProbe[]> = fc.constant(probes);

/** The probes of a run, now and then with numbers that no measurement gives. */
export const anyProbes = fc.oneof({ weight: 1, arbitrary: hostile }, { weight: 3, arbitrary: unchanged });
