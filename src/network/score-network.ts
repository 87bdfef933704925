import type { Denoiser, DifferentiableSession } from "../diffusion/denoiser.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { requireFloats } from "../errors.js";
import type { Engine, Pointer } from "../kernels/index.js";
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

  open(engine: Engine, maxBatch: number): DifferentiableSession {
    const { spec } = this;
    const { arena, kernels } = engine;
    const session = new MlpSession(engine, spec, maxBatch, "inference");
    session.parameters.array.set(this.parameters);
    session.pack();
    const input = arena.allocate(maxBatch * spec.dimension * 4);
    const output = arena.allocate(maxBatch * spec.dimension * 4);
    const features = arena.floats(spec.noiseFeatures);
    let levelSet = Number.NaN;
    const setLevel = ({ logSnr }: NoiseLevel): void => {
      if (logSnr === levelSet) return;
      const values = noiseFeatures(engine, Float64Array.of(logSnr), spec.noiseFeatures);
      features.array.set(values);
      session.setLevel(features.pointer);
      levelSet = logSnr;
    };
    /** cIn x of all rows. */
    const scaled = (x: Pointer, cIn: number, length: number): Pointer => {
      if (cIn === 1) return x;
      kernels.linearCombination(x, cIn, x, 0, length, input);
      return input;
    };
    return {
      denoise(x, batch, level, denoised) {
        setLevel(level);
        const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(level, spec.sigmaData);
        const length = batch * spec.dimension;
        session.forwardPoints(scaled(x, cIn, length), batch, output);
        kernels.linearCombination(x, cSkip, output, cOut, length, denoised);
      },
      // x0hat = cSkip x + cOut F(cIn x): J v = cSkip v + cOut cIn F'(cIn x) v.
      jvp(x, tangents, batch, level, denoised, products) {
        setLevel(level);
        const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(level, spec.sigmaData);
        const length = batch * spec.dimension;
        session.forwardTangents(scaled(x, cIn, length), tangents, batch, output, products);
        kernels.linearCombination(x, cSkip, output, cOut, length, denoised);
        kernels.linearCombination(tangents, cSkip, products, cOut * cIn, length, products);
      },
    };
  }
}
