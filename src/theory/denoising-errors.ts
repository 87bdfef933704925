import type { Denoiser } from "../diffusion/denoiser.js";
import { levelOfLogSnr } from "../diffusion/schedule.js";
import { FedscoreError, requireInteger } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { Purpose } from "../kernels/purpose.js";
import { fillNormal } from "../kernels/random.js";
import { ScoreNetwork } from "../network/score-network.js";
import { createLaw, type LawSpec } from "../targets/law.js";
import type { WorkerFunction, WorkerPool } from "../workers/worker-pool.js";
import { type NetworkData, requireExact } from "./certificate/certificate-functions.js";

/** Rows of data, float32 [count, dimension]. */
export interface Rows {
  readonly points: Float32Array;
  readonly dimension: number;
}

/** Where clean points come from, what denoises them, and at which noise: plain data. */
export interface DenoisingSetup {
  readonly id: string;
  /** Rows, in their order, or a law to draw from. */
  readonly clean: Rows | LawSpec;
  /** A trained network, or the exact denoiser of a law. */
  readonly denoiser: NetworkData | LawSpec;
  /** float64 [levels]. */
  readonly logSnr: Float64Array;
  /** The same noise at all levels: differences between levels are then nearly noiseless. Else independent noise. */
  readonly commonNoise: boolean;
  readonly seed: number;
}

interface Problem extends Omit<DenoisingSetup, "denoiser" | "clean"> {
  readonly denoiser: Denoiser;
  rows(engine: Engine, first: number, count: number): Float32Array;
}

/** Rows that are denoised at once: those of one call. */
const callRows = 256;

const problemsOf = new WeakMap<Engine, Map<string, Problem>>();

/** Makes a denoising problem known to an engine. */
export const openDenoising: WorkerFunction<DenoisingSetup, void> = {
  name: "openDenoising",
  run(engine, setup) {
    const problems = problemsOf.get(engine) ?? new Map<string, Problem>();
    problemsOf.set(engine, problems);
    problems.set(setup.id, problemOf(setup));
  },
};

/** Makes an engine forget a denoising problem. */
export const closeDenoising: WorkerFunction<string, void> = {
  name: "closeDenoising",
  run(engine, id) {
    problemsOf.get(engine)?.delete(id);
  },
};

/** |X_0 - x0hat(X_t)|^2 of rows [first, first + count): float64 [levels, count]. */
export const denoisingErrorRows: WorkerFunction<{ id: string; first: number; count: number }, Float64Array> = {
  name: "denoisingErrorRows",
  run(engine, { id, first, count }) {
    const problem = problemsOf.get(engine)?.get(id);
    if (!problem) throw new FedscoreError("FEDSCORE_WORKER", `rows of denoising problem ${id} came before it`);
    return errorsOf(engine, problem, first, count);
  },
  transfer: ({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []),
};

let opened = 0;

/**
 * Squared errors of a denoiser for rows 0 ... count - 1 in the workers of a pool, float64 [levels, count] given to `each` block by
 * block, in order. The same numbers for any number of workers.
 */
export async function denoisingErrors(
  pool: WorkerPool,
  setup: Omit<DenoisingSetup, "id">,
  count: number,
  each: (errors: Float64Array, first: number, rows: number) => void,
  { signal, onAdvance }: { signal?: AbortSignal | undefined; onAdvance?: (done: number, of: number) => void } = {},
): Promise<void> {
  requireInteger("count", count, 1);
  const id = `denoising-${opened++}`;
  pool.install<DenoisingSetup>(id, { open: openDenoising, close: closeDenoising, input: { ...setup, id } });
  try {
    const wave = callRows * Math.max(1, pool.size);
    for (let start = 0; start < count; start += wave) {
      const firsts: number[] = [];
      for (let first = start; first < Math.min(count, start + wave); first += callRows) firsts.push(first);
      const rowsFrom = (first: number) => Math.min(callRows, count - first);
      const parts = await Promise.all(
        firsts.map((first) => pool.call(denoisingErrorRows, { id, first, count: rowsFrom(first) }, { signal })),
      );
      parts.forEach((errors, index) => {
        each(errors, firsts[index], rowsFrom(firsts[index]));
      });
      onAdvance?.(Math.min(count, start + wave), count);
    }
  } finally {
    pool.uninstall(id);
  }
}

/** The problem with its denoiser and its source of rows. */
function problemOf(setup: DenoisingSetup): Problem {
  const { clean, denoiser } = setup;
  return {
    ...setup,
    denoiser:
      "spec" in denoiser
        ? new ScoreNetwork(denoiser.spec, denoiser.parameters)
        : requireExact(createLaw(denoiser)).denoiser,
    rows: "points" in clean ? rowsOf(clean) : samplesOf(clean, setup.seed),
  };
}

function rowsOf({ points, dimension }: Rows): Problem["rows"] {
  return (_, first, count) => points.subarray(first * dimension, (first + count) * dimension);
}

function samplesOf(spec: LawSpec, seed: number): Problem["rows"] {
  const law = createLaw(spec);
  return (engine, first, count) => law.sample(engine, count, seed, first).points;
}

function errorsOf(engine: Engine, problem: Problem, first: number, count: number): Float64Array {
  const { arena, kernels } = engine;
  const { denoiser, logSnr, commonNoise, seed } = problem;
  const { dimension } = denoiser;
  const errors = new Float64Array(logSnr.length * count);
  const levels = Array.from(logSnr, (value) => levelOfLogSnr(value, Number.NaN));
  arena.scope(() => {
    const session = denoiser.open(engine, count);
    const length = count * dimension;
    const [clean, noise, x, denoised] = [0, 1, 2, 3].map(() => arena.allocate(length * 4));
    const norms = arena.allocate(count * 8);
    new Float32Array(arena.buffer, clean, length).set(problem.rows(engine, first, count));
    levels.forEach((level, index) => {
      if (index === 0 || !commonNoise) {
        const key = { seed, purpose: Purpose.certificateNoise, step: index, client: 2 };
        fillNormal(engine, noise, length, key, first * dimension);
      }
      kernels.linearCombination(clean, level.alpha, noise, level.sigma, length, x);
      session.denoise(x, count, level, denoised);
      kernels.combinationSquaredNorms(clean, 1, denoised, -1, clean, 0, clean, 0, count, dimension, norms);
      const found = arena.float64(norms, count);
      const bad = found.findIndex((error) => !Number.isFinite(error));
      if (bad >= 0) {
        const message = `the denoised row ${first + bad} is not finite at log snr ${level.logSnr}`;
        throw new FedscoreError("FEDSCORE_NON_FINITE", message, { row: first + bad });
      }
      errors.set(found, index * count);
    });
  });
  return errors;
}
