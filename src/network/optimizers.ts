import { ArgumentError, requireInteger, requireNumber } from "../errors.js";
import type { Engine, Pointer } from "../kernels/index.js";
import type { OptimizerSettings } from "./training.js";

export interface OptimizerStepOptions {
  /** Largest Euclidean norm of the gradient; a larger one is scaled down to it. */
  readonly clipNorm?: number;
  /** uint8 [size], 0 or 1: entries with 0 have no gradient and do not move. */
  readonly keep?: Pointer;
}

export interface Optimizer {
  /**
   * One step on float32 [size] vectors. With a clipNorm it returns the norm of the kept gradient before clipping, and a gradient with
   * NaN or infinity changes nothing; its norm is not finite. Without one nobody looks at the gradient beforehand, which would
   * read it once more: NaN and infinity go where arithmetic takes them, into the parameters.
   */
  step(parameters: Pointer, gradient: Pointer, options?: OptimizerStepOptions): { readonly gradientNorm?: number };
}

/** What is particular to an optimizer: one update with a gradient that is to be multiplied by `scale`. */
type Update = (parameters: Pointer, gradient: Pointer, keep: Pointer, scale: number) => void;

/** An optimizer for `size` parameters; its state starts at 0 and lives in the current arena scope. */
export function createOptimizer(engine: Engine, settings: OptimizerSettings, size: number): Optimizer {
  requireInteger("size", size, 1);
  requireNumber("learningRate", settings.learningRate, "must be >= 0", (value) => value >= 0);
  const { kernels } = engine;
  const update = createUpdate(engine, settings, size);
  return {
    step(parameters, gradient, { clipNorm, keep = 0 } = {}) {
      if (clipNorm === undefined) {
        update(parameters, gradient, keep, 1);
        return {};
      }
      requireNumber("clipNorm", clipNorm, "must be > 0", (value) => value > 0);
      const norm = kernels.gradientNorm(gradient, keep, size);
      if (Number.isFinite(norm)) update(parameters, gradient, keep, norm > clipNorm ? clipNorm / norm : 1);
      return { gradientNorm: norm };
    },
  };
}

function createUpdate(engine: Engine, settings: OptimizerSettings, size: number): Update {
  switch (settings.kind) {
    case "sgd":
      return (parameters, gradient, keep, scale) =>
        engine.kernels.sgdStep(parameters, gradient, keep, scale, settings.learningRate, size);
    case "momentum":
      return createMomentum(engine, settings, size);
    case "adam":
      return createAdam(engine, settings, size);
    default:
      throw new ArgumentError(
        "optimizer.kind",
        'must be "sgd", "momentum" or "adam"',
        (settings as { kind: unknown }).kind,
      );
  }
}

const fraction = (argument: string, value: number) =>
  requireNumber(argument, value, "must lie in [0, 1)", (number) => number >= 0 && number < 1);

function createMomentum(engine: Engine, settings: OptimizerSettings & { kind: "momentum" }, size: number): Update {
  const { learningRate, momentum } = settings;
  fraction("momentum", momentum);
  const velocity = cleared(engine, size);
  return (parameters, gradient, keep, scale) =>
    engine.kernels.momentumStep(parameters, gradient, velocity, keep, scale, learningRate, momentum, size);
}

function createAdam(engine: Engine, settings: OptimizerSettings & { kind: "adam" }, size: number): Update {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = settings;
  fraction("beta1", beta1);
  fraction("beta2", beta2);
  requireNumber("epsilon", epsilon, "must be > 0", (value) => value > 0);
  requireNumber("weightDecay", weightDecay, "must be >= 0", (value) => value >= 0);
  const first = cleared(engine, size);
  const second = cleared(engine, size);
  // Powers by repeated multiplication: the same bits in every JavaScript engine, as pow would not give.
  let power1 = 1;
  let power2 = 1;
  return (parameters, gradient, keep, scale) => {
    power1 *= beta1;
    power2 *= beta2;
    engine.kernels.adamStep(
      parameters,
      gradient,
      first,
      second,
      keep,
      scale,
      beta1,
      beta2,
      learningRate / (1 - power1),
      1 / Math.sqrt(1 - power2),
      epsilon,
      1 - learningRate * weightDecay,
      size,
    );
  };
}

function cleared(engine: Engine, size: number): Pointer {
  const block = engine.arena.floats(size);
  block.array.fill(0);
  return block.pointer;
}
