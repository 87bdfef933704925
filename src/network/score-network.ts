import type { Denoiser, DenoiserSession } from "../diffusion/denoiser.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import { requireFloats } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { noiseFeatures } from "./levels.js";
import { MlpSession } from "./mlp.js";
import { layoutOf, type NetworkSpec } from "./spec.js";

/** A trained (or fresh) score network: a spec and its flat parameters, usable wherever a denoiser is. */
export class ScoreNetwork implements Denoiser {
  readonly spec: NetworkSpec;
  /** float32 [P], laid out by layoutOf(spec). */
  readonly parameters: Float32Array;

  constructor(spec: NetworkSpec, parameters: Float32Array) {
    requireFloats("parameters", parameters, layoutOf(spec).size);
    this.spec = spec;
    this.parameters = parameters;
  }

  get dimension(): number {
    return this.spec.dimension;
  }

  open(engine: Engine, maxBatch: number): DenoiserSession {
    const { spec } = this;
    const { arena, kernels } = engine;
    const session = new MlpSession(engine, spec, maxBatch, "inference");
    session.parameters.array.set(this.parameters);
    session.pack();
    const input = arena.allocate(maxBatch * spec.dimension * 4);
    const output = arena.allocate(maxBatch * spec.dimension * 4);
    const features = arena.floats(spec.noiseFeatures);
    let levelSet = Number.NaN;
    return {
      denoise(x, batch, level, denoised) {
        if (level.logSnr !== levelSet) {
          const values = noiseFeatures(engine, Float64Array.of(level.logSnr), spec.noiseFeatures);
          features.array.set(values);
          session.setLevel(features.pointer);
          levelSet = level.logSnr;
        }
        const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(level, spec.sigmaData);
        const length = batch * spec.dimension;
        if (cIn !== 1) kernels.linearCombination(x, cIn, x, 0, length, input);
        session.forwardPoints(cIn === 1 ? x : input, batch, output);
        kernels.linearCombination(x, cSkip, output, cOut, length, denoised);
      },
    };
  }
}
