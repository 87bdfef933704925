// @module-tag slow
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schedules } from "../../../src/diffusion/schedules/index.js";
import { isFedscoreError } from "../../../src/errors.js";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { failedParts } from "../../../src/experiment/result/not-computed.js";
import { runExperiment } from "../../../src/experiment/run.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { FailingPool } from "../../support/failing-pool.js";
import { tries } from "../../support/thorough.js";

const engine = await simdEngine();

const base = {
  name: "ends",
  data: { kind: "ring", train: 60, heldOut: 30 },
  transforms: [{ kind: "standardize", scale: "global" }],
  network: { hidden: [4], noiseFeatures: 2 },
  training: { rounds: 1, localSteps: 1, batchSize: 8 },
  federation: { clients: 2 },
  sampling: { count: 20, grid: { kind: "uniform-log-snr", steps: 4 } },
  evaluation: { divergences: [] },
  certificate: { paths: 16, empiricalPaths: 16, intervalRows: 0 },
} as const satisfies ConfigInput;

/** Why a run is refused before it has asked its pool for anything; undefined where it is whole. */
async function refusalOf(change: object): Promise<string | undefined> {
  const pool = new FailingPool(new InThreadPool(engine));
  try {
    const result = await runExperiment({ ...base, ...change }, { pool, variant: "simd" });
    expect(failedParts(result)).toEqual([]);
    return undefined;
  } catch (error) {
    if (!isFedscoreError(error) || error.code !== "FEDSCORE_INVALID_CONFIG") throw error;
    expect(pool.calls).toEqual([]);
    return error.message;
  }
}

/** The least that a message says would work. */
const leastIn = (message: string) => Number(/(?:at least|end at) (\S+), from/.exec(message)?.[1]);

/** Data whose law is known, and data that are certified against their rows. */
const laws = { ring: base.data, moons: { kind: "moons", train: 60, heldOut: 30 } } as const;

/** Settings without which a schedule cannot be, or has no time with so little noise. */
const settings: Readonly<Record<string, object>> = { "vp-cosine-shifted": { shift: -1 }, ve: { sigmaMin: 1e-140 } };
/** Powers of ten below which a schedule has no times, where they are above -150. */
const lowest: Readonly<Record<string, number>> = { "sub-vp": -70, sigmoid: -100, "vp-cosine-shifted": -140 };

describe.each(Object.keys(schedules).filter((kind) => kind !== "user"))("a schedule %s that stops anywhere", (kind) => {
  it.each(Object.entries(laws))(
    "gives a whole run with %s, or is refused before it begins, with the tMin that works",
    async (_, data) => {
      let refused = 0;
      const low = lowest[kind] ?? -150;
      const tMin = fc.double({ min: low, max: -0.5, noNaN: true }).map((exponent) => 10 ** exponent);
      await fc.assert(
        fc.asyncProperty(tMin, async (value) => {
          const message = await refusalOf({ data, schedule: { kind, ...settings[kind], tMin: value } });
          if (message === undefined) return;
          refused++;
          expect(message).toMatch(/^config\.schedule\.tMin must be at least \S+, from where on .* got \S+$/);
          const least = leastIn(message);
          expect(least).toBeGreaterThan(value);
          expect(await refusalOf({ data, schedule: { kind, ...settings[kind], tMin: least } })).toBeUndefined();
        }),
        { numRuns: tries(8, 25), examples: [[10 ** low], [1e-15], [1e-3]] },
      );
      expect(refused).toBeGreaterThan(tries(1, 5));
    },
  );
});

describe("the end of sampling", () => {
  const ou = { kind: "ou", tMin: 1e-300 } as const;

  it("works wherever it is where nothing is certified", async () => {
    expect(await refusalOf({ schedule: ou, certificate: false })).toBeUndefined();
    const rows = { data: laws.moons, certificate: { ...base.certificate, empiricalPaths: 0 } };
    expect(await refusalOf({ schedule: ou, ...rows })).toBeUndefined();
  });

  it("matters to samplers with a path KL and to deterministic ones", async () => {
    for (const sampler of ["ancestral", "ddim"] as const) {
      const refusal = await refusalOf({ schedule: ou, sampling: { ...base.sampling, sampler } });
      expect(refusal, sampler).toMatch(/must be at least .* float32 resolves the noise/);
    }
  });

  it.each([
    [{ kind: "uniform-log-snr", steps: 4, end: 1e-200 }, "config.sampling.grid.end must be at least "],
    [{ kind: "certified", steps: 4, end: 1e-200 }, "config.sampling.grid.end must be at least "],
    [{ kind: "certified", steps: 4 }, "config.schedule.tMin must be at least "],
    [{ kind: "user", times: [1, 0.5, 1e-200] }, "config.sampling.grid.times[2] must be at least "],
    [{ kind: "benton", kappa: 1, uniformSteps: 2, geometricSteps: 600 }, "config.sampling.grid must end at "],
  ])("is refused by the key that says it: %j", async (grid, message) => {
    for (const data of Object.values(laws)) {
      expect(await refusalOf({ data, schedule: ou, sampling: { count: 20, grid } })).toContain(message);
    }
  });

  it("is the first of a user's times", async () => {
    const schedule = { kind: "user", times: [0.1, 1], logSnr: [300, -8] };
    expect(await refusalOf({ schedule })).toContain("config.schedule.times[0] must be at least ");
  });

  it("is not what is wrong with data that no noise of the schedule hides", async () => {
    const far = { kind: "gaussian", dimension: 2, standardDeviation: 1e9, train: 60, heldOut: 30 };
    const clock = { kind: "ou", tMin: 0.001, tMax: 0.5 };
    expect(await refusalOf({ data: far, transforms: [], schedule: clock })).toMatch(
      /^config\.schedule of kind "ou" has no time where float32 resolves .*: standardize or centre the data, or set config.certificate to false$/,
    );
  });
});
