import fc from "fast-check";
import { expect } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { FedscoreError } from "../../src/errors.js";
import { certifyInPool } from "../../src/theory/certificate/certify-in-pool.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import type { CertifiedSampler } from "../support/exact-path-kl.js";
import { exactly, mixtureOf, randomNetwork, rowsOf, zeroNetwork } from "../support/hostile-laws.js";
import { fuzzProperty } from "./property.js";

const power = (low: number, high: number) =>
  fc.double({ min: Math.log10(low), max: Math.log10(high), noNaN: true }).map((exponent) => 10 ** exponent);
const signed = (value: fc.Arbitrary<number>) => fc.tuple(value, fc.boolean()).map(([x, minus]) => (minus ? -x : x));

const component = fc.record({ mean: signed(power(0.01, 1000)), weight: power(1e-7, 1), variance: power(1e-4, 1e4) });
const mixture = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => {
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  return mixtureOf("mixture", {
    means: components.map(({ mean }) => Math.fround(mean)),
    weights: components.map(({ weight }) => weight / total),
    variances: components.map(({ variance }) => variance),
  });
});
const rows = fc
  .tuple(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 90 }), signed(power(1, 1000)))
  .map(([near, far]) => rowsOf("rows", [...near, far]));

const arbitraryCase = fc.record({
  law: fc.oneof({ arbitrary: mixture, weight: 4 }, { arbitrary: rows, weight: 1 }),
  sampler: fc.constantFrom<CertifiedSampler>("ancestral", "exponential-integrator", "euler-maruyama"),
  network: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
  steps: fc.integer({ min: 3, max: 24 }),
  tMin: power(1e-3, 0.1),
  paths: power(8, 2000).map(Math.ceil),
  confidence: fc.constantFrom(0.8, 0.95, 0.99),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

/** Random hostile laws against their exact path KL. */
export const certificate = fuzzProperty({
  name: "certificate",
  text: "is false no more often than its level allows, over random laws, networks, samplers, grids and numbers of paths",
  cases: 100,
  async open() {
    const engine = await simdEngine();
    const pool = new InThreadPool(engine);
    let allowed = 0;
    const wrong: string[] = [];
    let refused = 0;
    return {
      arbitrary: arbitraryCase,
      async holds(each) {
        const schedule = { kind: "ou", tMin: each.tMin, tMax: 8 } as const;
        const forward = createSchedule(schedule);
        const grid = createGrid({ kind: "geometric-tail", steps: each.steps }, forward);
        const network = each.network === undefined ? zeroNetwork : randomNetwork(engine, each.network);
        const { law, sampler, paths, confidence, seed } = each;
        try {
          const request = { schedule, grid, sampler, law: law.law, network, seed };
          const { upper } = await certifyInPool(pool, request, { paths, confidence });
          const truth = exactly(engine, law, sampler, { schedule: forward, grid }, network);
          allowed += 1 - confidence;
          // Quadrature and float32 states agree to about 1e-4.
          if ((upper ?? 0) < truth * (1 - 1e-4)) wrong.push(`${upper} < ${truth}: ${fc.stringify(each)}`);
        } catch (error) {
          if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_UNSUPPORTED") throw error;
          refused++;
        }
      },
      end(cases) {
        expect(refused).toBeLessThan(cases / 10);
        expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(allowed);
        return `${wrong.length} of ${cases - refused} false, ${allowed.toFixed(0)} allowed; ${refused} refused`;
      },
    };
  },
});
