import { describe, expect, it } from "vitest";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { ArgumentTypeError } from "../../src/errors.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "vp-cosine" });
const grid = createGrid({ kind: "uniform", steps: 2 }, schedule);

function sampleWith(denoise: (x: Float32Array, out: Float32Array) => unknown) {
  const denoiser = denoiserFromFunction(2, (x, _batch, _level, out) => denoise(x, out) as never);
  return sample(engine, { count: 3, denoiser, schedule, grid, sampler: samplers.ancestral, seed: 1 });
}

describe("a denoiser from a function", () => {
  it.each<[string, (x: Float32Array) => unknown]>([
    ["another array", (x) => x.slice()],
    ["a list", (x) => [...x]],
    ["a Promise", async () => undefined],
  ])("is refused where it gives %s, which nobody reads", (_, denoise) => {
    expect(() => sampleWith(denoise)).toThrow(ArgumentTypeError);
    expect(() => sampleWith(denoise)).toThrow(/^denoise\(\) must write to `out` and return nothing, got /);
  });

  it("may give `out`, nothing, or the value of an assignment", () => {
    const nothing = sampleWith((x, out) => out.set(x));
    const itself = sampleWith((x, out) => {
      out.set(x);
      return out;
    });
    const assigned = sampleWith((x, out) => x.reduce((_, value, i) => (out[i] = value), 0));
    expect(itself).toEqual(nothing);
    expect(assigned).toEqual(nothing);
  });
});
