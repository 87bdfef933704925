import { describe, expect, it } from "vitest";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { LawSpec } from "../../src/targets/law.js";
import { curvedStepCost } from "../../src/theory/curved-step-cost.js";
import { rowErrors } from "../../src/theory/denoising-errors.js";
import { gaussianMmseCurve } from "../../src/theory/mmse-curve.js";
import { estimateMmse } from "../../src/theory/mmse-monte-carlo.js";
import { stepErrors } from "../../src/theory/step-errors.js";
import { variationalBound } from "../../src/theory/variational.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

it("errors of rows are found also where drawing them moves the memory", async () => {
  const engine = await simdEngine();
  const problem = {
    denoiser: denoiserFromFunction(2, (_x, _batch, _level, out) => void out.fill(0)),
    levels: [{ t: 1, alpha: Math.SQRT1_2, sigma: Math.SQRT1_2, logSnr: 0 }],
    commonNoise: true,
    seed: 1,
    rows: () => {
      engine.arena.scope(() => engine.arena.allocate(2 * engine.arena.buffer.byteLength));
      return Float32Array.of(3, 4, 0, 1);
    },
  };
  // The denoiser says 0, so errors are |x_0|^2.
  expect([...rowErrors(engine, problem, 0, 2)]).toEqual([25, 1]);
});

describe("what squared errors are asked of", async () => {
  const pool = new InThreadPool(await simdEngine());
  const schedule = createSchedule({ kind: "vp-linear" });
  const grid = createGrid({ kind: "uniform-log-snr", steps: 3 }, schedule);
  const plane: LawSpec = { of: { kind: "ring" } };
  const line: LawSpec = { of: { kind: "gaussian", dimension: 1 } };
  const rows = { points: Float32Array.of(1, 2, 3, 4), dimension: 2 };
  const network = { spec: networkOf({ dimension: 3 }), parameters: new Float32Array(1) };
  const request = { clean: plane, denoiser: plane, dimension: 2, seed: 1, samples: 2 };
  const curve = gaussianMmseCurve([1, 1], Float64Array.of(0.5, 1, 2));
  const heldOut = { points: new Float32Array(8), dimension: 2 };
  const users = {
    stepErrors: (given: object) => stepErrors(pool, { ...request, schedule, grid, ...given }),
    coordinates: (given: object) => stepErrors(pool, { ...request, schedule, grid, coordinates: true, ...given }),
    estimateMmse: (given: object) => estimateMmse(pool, { ...request, snr: Float64Array.of(0.5, 1), ...given }),
    curvedStepCost: (given: object) =>
      curvedStepCost(pool, { ...request, sampler: "full-covariance", curve, ...given }),
  };

  it.each(Object.entries(users))(
    "%s has clean points and a denoiser of its dimension, a seed, and rows enough",
    async (_, of) => {
      await expect(of({ dimension: 4 })).rejects.toThrow("dimension must be that of clean, 2, got 4");
      await expect(of({ denoiser: line })).rejects.toThrow("dimension must be that of denoiser, 1, got 2");
      await expect(of({ denoiser: network })).rejects.toThrow("dimension must be that of denoiser, 3, got 2");
      await expect(of({ clean: { ...rows, dimension: 1 } })).rejects.toThrow(
        "dimension must be that of clean, 1, got 2",
      );
      await expect(of({ clean: { ...rows, dimension: 3 } })).rejects.toThrow("clean.points.length / dimension must be");
      await expect(of({ clean: undefined })).rejects.toThrow("clean must be an object");
      await expect(of({ seed: -1 })).rejects.toThrow("seed must be an integer >= 0, got -1");
    },
  );

  it("no more rows are means taken over than there are", async () => {
    for (const of of [users.stepErrors, users.coordinates, users.estimateMmse])
      await expect(of({ clean: rows, samples: 3 })).rejects.toThrow(/samples must be an integer in .*, 2\], got 3/);
  });

  it("held-out rows are coded by a denoiser of their dimension", async () => {
    for (const sampler of ["ancestral", "full-covariance"] as const) {
      const coded = { schedule, grid, heldOut, denoiser: line, seed: 1, sampler };
      const rule = "heldOut.dimension must be that of denoiser, 1, got 2";
      await expect(variationalBound(pool, coded)).rejects.toThrow(rule);
    }
  });
});
