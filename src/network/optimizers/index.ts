import { requireInteger, requireNumber } from "../../errors.js";
import { createFrom, familyOf, type SpecOf } from "../../family.js";
import { type Engine, nullPointer, type Pointer, requireEngine } from "../../kernels/index.js";
import { adam } from "./adam.js";
import { momentum } from "./momentum.js";
import type { Update } from "./optimizer.js";
import { sgd } from "./sgd.js";

/** Every optimizer of a client by its kind. */
export const optimizers = familyOf(sgd, momentum, adam);

/** The optimizer of a client, as plain data: `kind` is its name, settings may be absent for their defaults. */
export type OptimizerSettings = SpecOf<typeof optimizers>;

/** What an optimizer's step does to the gradient first. */
export interface OptimizerStepOptions {
  /** Largest Euclidean norm of the gradient; a larger one is scaled down to it. */
  readonly clipNorm?: number | undefined;
  /** Factor of the learning rate, >= 0. Default: 1. */
  readonly rate?: number | undefined;
  /** uint8 [size], 0 or 1: entries with 0 have no gradient and do not move. */
  readonly keep?: Pointer | undefined;
}

/** An optimizer with its state in the memory of one engine. */
export interface Optimizer {
  /**
   * One step on float32 [size] vectors. With a clipNorm it returns the norm of the kept gradient before clipping, and a gradient with
   * NaN or infinity changes nothing; its norm is not finite. Without one nobody looks at the gradient beforehand, which would
   * read it once more: NaN and infinity go where arithmetic takes them, into the parameters.
   */
  step(parameters: Pointer, gradient: Pointer, options?: OptimizerStepOptions): { readonly gradientNorm?: number };
}

/** An optimizer for `size` parameters; its state starts at 0 and lives in the current arena scope. */
export function createOptimizer(engine: Engine, settings: OptimizerSettings, size: number): Optimizer {
  requireInteger("size", size, 1);
  const { kernels } = requireEngine(engine);
  const update: Update = createFrom(optimizers, "optimizer", settings, engine, size);
  return {
    step(parameters, gradient, { clipNorm, rate = 1, keep = nullPointer } = {}) {
      requireNumber("rate", rate, "must be finite and >= 0", (value) => value >= 0);
      if (clipNorm === undefined) {
        update(parameters, gradient, keep, 1, rate);
        return {};
      }
      requireNumber("clipNorm", clipNorm, "must be > 0", (value) => value > 0);
      const norm = kernels.gradientNorm(gradient, keep, size);
      if (Number.isFinite(norm)) update(parameters, gradient, keep, norm > clipNorm ? clipNorm / norm : 1, rate);
      return { gradientNorm: norm };
    },
  };
}
