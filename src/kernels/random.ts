import { ArgumentError, requireInteger, requireNumber, requireObject } from "../errors.js";
import type { Engine } from "./instance.js";
import { type PortableMath, portableMath } from "./math.js";
import type { Pointer } from "./pointer.js";
import type { StreamKey } from "./purpose.js";
import { requireEngine } from "./require-engine.js";

const two32 = 4294967296;

/** A stream has 2^32 blocks of four numbers. */
export const streamLength = 4 * two32;

/** A StreamKey as the arguments that random kernels take: the Philox key and counter words 1 to 3. */
export interface StreamWords {
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly step: number;
  readonly client: number;
  /** round << 8 | purpose. */
  readonly tag: number;
}

/** Throws unless every part of the key fits its place in the counter. */
export function requireStreamKey(key: StreamKey): StreamKey {
  requireObject("key", key);
  requireInteger("key.seed", key.seed, 0, Number.MAX_SAFE_INTEGER);
  requireInteger("key.purpose", key.purpose, 0, 255);
  if (key.round !== undefined) requireInteger("key.round", key.round, 0, 2 ** 24 - 1);
  if (key.client !== undefined) requireInteger("key.client", key.client, 0, two32 - 1);
  if (key.step !== undefined) requireInteger("key.step", key.step, 0, two32 - 1);
  return key;
}

/** A stream's key as the kernels take it. @throws ArgumentError where a part of the key is out of its range. */
export function streamWords(key: StreamKey): StreamWords {
  requireStreamKey(key);
  return {
    seedLow: key.seed % two32,
    seedHigh: Math.floor(key.seed / two32),
    step: key.step ?? 0,
    client: key.client ?? 0,
    tag: (key.round ?? 0) * 256 + key.purpose,
  };
}

/** Throws unless `count` numbers of 4 bytes fit behind out in the engine's memory: a kernel would trap. */
function requireRoom(engine: Engine, out: Pointer, count: number): void {
  const { buffer } = requireEngine(engine).arena;
  requireInteger("out", out, 0);
  if (out + 4 * count <= buffer.byteLength) return;
  throw new ArgumentError("out", `must leave room for ${4 * count} bytes in ${buffer.byteLength} of memory`, out);
}

function requireRange(count: number, first: number): void {
  requireInteger("count", count, 0, 2 ** 29);
  requireInteger("first", first, 0);
  if (first + count > streamLength) {
    throw new ArgumentError("first + count", `must not exceed ${streamLength}, the length of a stream`, first + count);
  }
}

/** Writes numbers [first, first + count) of the stream at out: float32, uniform on (0, 1), multiples of 2^-24. */
export function fillUniform(engine: Engine, out: Pointer, count: number, key: StreamKey, first = 0): void {
  requireRange(count, first);
  requireRoom(engine, out, count);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  engine.kernels.uniformFill(out, count, first, seedLow, seedHigh, step, client, tag);
}

/** Writes numbers [first, first + count) of the stream at out: float32, standard normal. */
export function fillNormal(engine: Engine, out: Pointer, count: number, key: StreamKey, first = 0): void {
  requireRange(count, first);
  requireRoom(engine, out, count);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  engine.kernels.normalFill(out, count, first, seedLow, seedHigh, step, client, tag);
}

/** Adds `scale` times the standard normals [0, count) of the stream to float32 [count] at out. */
export function addNormal(engine: Engine, out: Pointer, count: number, scale: number, key: StreamKey): void {
  requireRange(count, 0);
  requireRoom(engine, out, count);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  engine.kernels.normalAdd(out, count, scale, seedLow, seedHigh, step, client, tag);
}

/**
 * Writes at out, uint32 with room for `count`, the numbers below `count` that are drawn, in ascending order: each with the same probability in [0, 1],
 * independently, by word i of the stream. It is rounded down to a multiple of 2^-32.
 * @returns how many were drawn.
 */
export function drawIndices(engine: Engine, out: Pointer, count: number, probability: number, key: StreamKey): number {
  requireRange(count, 0);
  requireRoom(engine, out, count);
  requireNumber("probability", probability, "must lie in [0, 1]", (value) => value >= 0 && value <= 1);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  const threshold = Math.floor(probability * two32);
  return engine.kernels.drawnIndices(out, count, threshold, seedLow, seedHigh, step, client, tag);
}

/** Writes numbers [first, first + count) of the stream at out: uint32 in [0, bound), bias below bound / 2^32. */
export function fillIndices(
  engine: Engine,
  out: Pointer,
  count: number,
  bound: number,
  key: StreamKey,
  first = 0,
): void {
  requireRange(count, first);
  requireRoom(engine, out, count);
  requireInteger("bound", bound, 1, two32 - 1);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  engine.kernels.indexFill(out, count, bound, first, seedLow, seedHigh, step, client, tag);
}

/** Numbers [first, first + count) of the stream: float32, uniform on (0, 1). */
export function uniforms(engine: Engine, count: number, key: StreamKey, first = 0): Float32Array<ArrayBuffer> {
  requireRange(count, first);
  return requireEngine(engine).arena.scope(() => {
    const out = engine.arena.floats(count);
    fillUniform(engine, out.pointer, count, key, first);
    return out.array.slice();
  });
}

/** Numbers [first, first + count) of the stream: float32, standard normal. */
export function normals(engine: Engine, count: number, key: StreamKey, first = 0): Float32Array<ArrayBuffer> {
  requireRange(count, first);
  return requireEngine(engine).arena.scope(() => {
    const out = engine.arena.floats(count);
    fillNormal(engine, out.pointer, count, key, first);
    return out.array.slice();
  });
}

/** Raw words [first, first + count) of the stream: uint32. */
export function words(engine: Engine, count: number, key: StreamKey, first = 0): Uint32Array<ArrayBuffer> {
  requireRange(count, first);
  const { seedLow, seedHigh, step, client, tag } = streamWords(key);
  return engine.arena.scope(() => {
    const out = engine.arena.allocate(count * 4);
    engine.kernels.bitsFill(out, count, first, seedLow, seedHigh, step, client, tag);
    return new Uint32Array(engine.arena.buffer, out, count).slice();
  });
}

const bufferLength = 256;

/** An array that can be shuffled in place. */
export interface MutableArrayLike<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Sequential use of one key, in float64, for decisions that are few: partitions, participation, permutations. Every result is
 * a function of the key and of the calls before it alone, in both builds and in every JavaScript engine.
 */
export class RandomStream {
  readonly #engine: Engine;
  readonly #key: StreamKey;
  readonly #math: PortableMath;
  #buffer = new Uint32Array(0);
  #next = 0;
  #drawn = 0;
  #spare: number | undefined;

  constructor(engine: Engine, key: StreamKey) {
    this.#engine = requireEngine(engine);
    this.#key = requireStreamKey(key);
    this.#math = portableMath(engine);
  }

  /** On the open interval (0, 1): an odd multiple of 2^-53. */
  uniform(): number {
    const high = this.#word() >>> 6;
    return (high * 67108864 + (this.#word() >>> 6) + 0.5) / 4503599627370496;
  }

  /** Standard normal (Box, Muller 1958). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * this.#math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * this.#math.sin(angle);
    return radius * this.#math.cos(angle);
  }

  /** In [0, bound), bound at most 2^32; bias below bound / 2^32. */
  integer(bound: number): number {
    requireInteger("bound", bound, 1, 4294967296);
    const word = this.#word();
    // floor(word * bound / 2^32) in pieces that a float64 holds exactly.
    const low = Math.floor(((word & 0xffff) * bound) / 65536);
    return Math.floor(((word >>> 16) * bound + low) / 65536);
  }

  /** A uniform permutation of the array, in place (Fisher, Yates). */
  shuffle<T>(array: MutableArrayLike<T>): void {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const moved = array[last];
      array[last] = array[other];
      array[other] = moved;
    }
  }

  /** Gamma(shape, 1), shape > 0 (Marsaglia, Tsang, ACM TOMS 26, 2000). May underflow to 0 for a shape below 0.01: see logGamma. */
  gamma(shape: number): number {
    return this.#math.exp(this.logGamma(shape));
  }

  /** Logarithm of a Gamma(shape, 1) number: finite however small the shape. */
  logGamma(shape: number): number {
    requireNumber("shape", shape, "must be finite and > 0", (value) => value > 0);
    // Gamma(a) = Gamma(a + 1) U^(1/a) for a < 1.
    if (shape < 1) return this.logGamma(shape + 1) + this.#math.log(this.uniform()) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const logV = 3 * this.#math.log(root);
      const v = root * root * root;
      if (this.#math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * logV) return this.#math.log(d) + logV;
    }
  }

  /** `size` shares that sum to 1, symmetric Dirichlet of the given concentration > 0; computed from logarithms, so never 0/0. */
  dirichlet(concentration: number, size: number): Float64Array<ArrayBuffer> {
    requireNumber("concentration", concentration, "must be finite and > 0", (value) => value > 0);
    requireInteger("size", size, 1);
    const shares = Float64Array.from({ length: size }, () => this.logGamma(concentration));
    const largest = shares.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let i = 0; i < size; i++) sum += shares[i] = this.#math.exp(shares[i] - largest);
    for (let i = 0; i < size; i++) shares[i] /= sum;
    return shares;
  }

  #word(): number {
    if (this.#next === this.#buffer.length) {
      this.#buffer = words(this.#engine, bufferLength, this.#key, this.#drawn);
      this.#drawn += bufferLength;
      this.#next = 0;
    }
    return this.#buffer[this.#next++];
  }
}
