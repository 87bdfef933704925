import { FedscoreError, requireFloats, requireInteger, requireMethods } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { levelsOf, requireGrid, validateGrid } from "./grid.js";
import { type SampleOptions, walk } from "./sample.js";
import { isFlowSampler, partsAlong, requireSampler } from "./sampler.js";

/** What to invert, and how: the options of `sample` but those of its noise. */
export interface InvertOptions
  extends Pick<SampleOptions, "denoiser" | "schedule" | "grid" | "sampler" | "onStep" | "signal" | "tile"> {
  /** States at the grid's last time, float32 [count, dimension], variance preserving as in `sample`. */
  readonly states: Float32Array;
}

const invertKeys = keysOf<InvertOptions>({
  denoiser: true,
  schedule: true,
  grid: true,
  sampler: true,
  states: true,
  onStep: true,
  signal: true,
  tile: true,
});

/**
 * The states at the grid's first time that a sampler without noise leads to `states`, float32 [count, dimension]: its steps taken along the grid from the
 * last time to the first (Song et al., arXiv 2010.02502, section 4.3). Sampled from again they come back but for the error of the steps.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for a sampler with noise; ArgumentError, ArgumentTypeError, and all that `sample` throws.
 */
export function invert(engine: Engine, options: InvertOptions): Float32Array<ArrayBuffer> {
  const { states, ...rest } = requireOptions("options", options, invertKeys);
  const { denoiser, schedule, grid, sampler } = rest;
  requireMethods("denoiser", denoiser, ["open"]);
  requireSampler(sampler);
  validateGrid("grid", requireGrid(grid).times, schedule);
  const levels = levelsOf(schedule, grid).reverse();
  const isNoisy =
    !isFlowSampler(sampler) &&
    partsAlong(sampler, levels, schedule).some((parts) => parts.some(({ coefficients: { noise } }) => noise !== 0));
  if (isNoisy) {
    const message = `sampler ${sampler.name} cannot be inverted: its steps add noise; ddim, heun, dpm-solver++-2m and rk45 add none`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler: sampler.name });
  }
  requireFloats("states", states);
  const d = requireInteger("denoiser.dimension", denoiser.dimension, 1);
  const count = requireInteger("states.length / denoiser.dimension", states.length / d, 1);
  return walk(engine, levels, { ...rest, states, count, seed: 0 });
}
