import type { Denoiser, DifferentiableSession } from "../diffusion/denoiser.js";
import type { Preconditioning } from "../diffusion/parameterization.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { FedscoreError, requireFloats } from "../errors.js";
import { atFloat32, type Engine, nullPointer, type Pointer } from "../kernels/index.js";
import { type Guidance, guidanceAt, requireClass } from "./conditioned.js";
import { noiseFeatures } from "./levels.js";
import { MlpSession } from "./mlp.js";
import { layoutOf, type NetworkSpec } from "./spec.js";

/** Classes of a run of samples, and how these steer. */
export interface SampleClasses {
  /** Number of the first sample. */
  readonly first: number;
  /** uint32: the class of each, or K where it has none. */
  readonly classes: Uint32Array;
  readonly guidance: Guidance;
}

/** A trained (or fresh) score network: a spec and its flat parameters, usable wherever a denoiser is. */
export class ScoreNetwork implements Denoiser {
  readonly spec: NetworkSpec;
  /** float32 [P], laid out by layoutOf(spec). */
  readonly parameters: Float32Array;
  readonly #samples: SampleClasses | number | undefined;

  /** @param samples of a network with classes: the class of each, or of all. Absent: it denoises as if no point had a class. */
  constructor(spec: NetworkSpec, parameters: Float32Array, samples?: SampleClasses | number) {
    requireFloats("parameters", parameters, layoutOf(spec).size);
    if (typeof samples === "number") requireClass("class", spec, samples);
    this.spec = spec;
    this.parameters = parameters;
    this.#samples = samples;
  }

  /** Coordinates of a row. */
  get dimension(): number {
    return this.spec.dimension;
  }

  open(engine: Engine, maxBatch: number): DifferentiableSession {
    const network = new LevelNetwork(engine, this.spec, this.parameters, maxBatch);
    if (typeof this.#samples === "number") return ofClass(engine, network, this.#samples, maxBatch);
    return this.#samples ? guided(engine, network, this.#samples, maxBatch) : allAs(network, nullPointer);
  }
}

/** Denoised points of rows with classes, uint32 [batch]; nullPointer: none has one. */
class LevelNetwork {
  readonly dimension: number;
  readonly #engine: Engine;
  readonly #spec: NetworkSpec;
  readonly #session: MlpSession;
  readonly #input: Pointer;
  readonly #output: Pointer;
  readonly #features: Pointer;
  #logSnr = Number.NaN;

  constructor(engine: Engine, spec: NetworkSpec, parameters: Float32Array, maxBatch: number) {
    const { arena } = engine;
    this.dimension = spec.dimension;
    this.#engine = engine;
    this.#spec = spec;
    this.#session = new MlpSession(engine, spec, maxBatch, "inference");
    this.#session.parameters.array.set(parameters);
    this.#session.pack();
    this.#input = arena.allocate(maxBatch * spec.dimension * 4);
    this.#output = arena.allocate(maxBatch * spec.dimension * 4);
    this.#features = arena.allocate(spec.noiseFeatures * 4);
  }

  denoise(x: Pointer, batch: number, level: NoiseLevel, denoised: Pointer, classes: Pointer): void {
    const { cIn, cSkip, cOut } = this.#at(level);
    const length = batch * this.dimension;
    this.#session.forwardPoints(this.#scaled(x, cIn, length), batch, this.#output, classes);
    this.#engine.kernels.linearCombination(x, cSkip, this.#output, cOut, length, denoised);
  }

  /** x0hat = cSkip x + cOut F(cIn x): J v = cSkip v + cOut cIn F'(cIn x) v. */
  jvp(
    x: Pointer,
    tangents: Pointer,
    batch: number,
    level: NoiseLevel,
    denoised: Pointer,
    products: Pointer,
    classes: Pointer,
  ): void {
    const { kernels } = this.#engine;
    const { cIn, cSkip, cOut } = this.#at(level);
    const length = batch * this.dimension;
    this.#session.forwardTangents(this.#scaled(x, cIn, length), tangents, batch, this.#output, products, classes);
    kernels.linearCombination(x, cSkip, this.#output, cOut, length, denoised);
    kernels.linearCombination(tangents, cSkip, products, cOut * cIn, length, products);
  }

  #at(level: NoiseLevel): Preconditioning {
    const { parameterization, sigmaData, noiseFeatures: count } = this.#spec;
    if (level.logSnr !== this.#logSnr) {
      const features = noiseFeatures(this.#engine, Float64Array.of(level.logSnr), count);
      new Float32Array(this.#engine.arena.buffer, this.#features, count).set(features);
      this.#session.setLevel(this.#features);
      this.#logSnr = level.logSnr;
    }
    return parameterizations[parameterization].at(level, sigmaData);
  }

  /** cIn x of all rows. */
  #scaled(x: Pointer, cIn: number, length: number): Pointer {
    if (cIn === 1) return x;
    this.#engine.kernels.linearCombination(x, cIn, x, 0, length, this.#input);
    return this.#input;
  }
}

/** Rows with these classes, uint32 [maxBatch], whatever samples they are of. */
function allAs(network: LevelNetwork, classes: Pointer): DifferentiableSession {
  return {
    denoise: (x, batch, level, denoised) => network.denoise(x, batch, level, denoised, classes),
    jvp: (x, tangents, batch, level, denoised, products) =>
      network.jvp(x, tangents, batch, level, denoised, products, classes),
  };
}

function ofClass({ arena }: Engine, network: LevelNetwork, label: number, maxBatch: number): DifferentiableSession {
  return allAs(network, arena.copyBytes(new Uint32Array(maxBatch).fill(label)));
}

/** Each row with the class of its sample, and away from no class where the guidance says so. */
function guided(
  { arena, kernels }: Engine,
  network: LevelNetwork,
  { first, classes, guidance }: SampleClasses,
  maxBatch: number,
): DifferentiableSession {
  const all = arena.copyBytes(classes);
  const size = maxBatch * network.dimension * 4;
  const [plain, plainProducts] =
    guidance.scale === 1 ? [nullPointer, nullPointer] : [size, size].map((bytes) => arena.allocate(bytes));
  let own = all;
  const steer = (classed: Pointer, scale: number, without: Pointer, batch: number) =>
    kernels.linearCombination(classed, scale, without, 1 - scale, batch * network.dimension, classed);
  return {
    begin(sample) {
      if (!(sample >= first && sample < first + classes.length))
        throw new FedscoreError("FEDSCORE_UNSUPPORTED", `sample ${sample} has no class: those are of ${first} on`);
      own = atFloat32(all, sample - first);
    },
    denoise(x, batch, level, denoised) {
      network.denoise(x, batch, level, denoised, own);
      const scale = guidanceAt(guidance, level);
      if (scale === 1) return;
      network.denoise(x, batch, level, plain, nullPointer);
      steer(denoised, scale, plain, batch);
    },
    jvp(x, tangents, batch, level, denoised, products) {
      network.jvp(x, tangents, batch, level, denoised, products, own);
      const scale = guidanceAt(guidance, level);
      if (scale === 1) return;
      network.jvp(x, tangents, batch, level, plain, plainProducts, nullPointer);
      steer(denoised, scale, plain, batch);
      steer(products, scale, plainProducts, batch);
    },
  };
}
