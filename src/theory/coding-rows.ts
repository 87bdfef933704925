import { requireJvp } from "../diffusion/denoiser.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { buffersOf } from "../workers/buffers.js";
import { defineTask } from "../workers/task.js";
import { curvedCodingCosts } from "./certificate/curved-kernel.js";
import { pathCostOf } from "./certificate/index.js";
import type { PathCost } from "./certificate/path-cost.js";
import type { CodingSamplerName } from "./coding-samplers.js";
import {
  type DenoisingProblem,
  type DenoisingSetup,
  noiseRows,
  openDenoising,
  type RowRange,
} from "./denoising-errors.js";

/** Rows and the steps of a sampler whose noise differs by direction: plain data. */
export interface CurvedCodingSetup extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  readonly sampler: CodingSamplerName;
  /** Of the grid, N + 1; those at which steps start with their errors. */
  readonly levels: readonly NoiseLevel[];
}

interface CurvedCoding extends DenoisingProblem {
  readonly ends: readonly NoiseLevel[];
  readonly curved: NonNullable<PathCost["curved"]>;
}

/** What each step takes to code each row, but for the information it gains, nats: float64 [N, count]. Noise is that of `denoisingErrorRows`. */
export const curvedCodingRows = defineTask({
  name: "curvedCodingRows",
  open(_engine, { levels, sampler, ...setup }: CurvedCodingSetup): CurvedCoding {
    const curved = curvedOf(sampler);
    if (!curved) throw new Error(`the noise of ${sampler} is the same in all directions`);
    const logSnr = Float64Array.from(levels.slice(0, -1), (level) => level.logSnr);
    return {
      ...openDenoising({ ...setup, logSnr, commonNoise: false }),
      levels: levels.slice(0, -1),
      ends: levels.slice(1),
      curved,
    };
  },
  run: (engine, problem, { first, count }: RowRange) => codingCostsOf(engine, problem, first, count),
  transfer: (costs) => buffersOf([costs]),
});

/** How a sampler's noise differs by direction; undefined where it does not. */
export function curvedOf(sampler: CodingSamplerName): PathCost["curved"] {
  return pathCostOf(sampler)?.curved;
}

function codingCostsOf(engine: Engine, problem: CurvedCoding, first: number, count: number): Float64Array {
  const { denoiser, ends, curved } = problem;
  const { dimension } = denoiser;
  const costs = new Float64Array(ends.length * count);
  engine.arena.scope(() => {
    const session = requireJvp(denoiser.open(engine, count), "coding with noise that differs by direction");
    const [denoised, tangents, products] = [0, 1, 2].map(() => engine.arena.allocate(count * dimension * 4));
    noiseRows(engine, problem, first, count, ({ clean, x, level, index }) => {
      const place = { clean, x, rows: count, dimension, level, denoised, tangents, products };
      const found = curvedCodingCosts(engine, session, place, ends[index], curved(level, ends[index]));
      const bad = found.findIndex((cost) => !Number.isFinite(cost));
      if (bad >= 0) {
        const message = `the cost of row ${first + bad} is not finite at log snr ${level.logSnr}`;
        throw new FedscoreError("FEDSCORE_NON_FINITE", message, { row: first + bad });
      }
      costs.set(found, index * count);
    });
  });
  return costs;
}
