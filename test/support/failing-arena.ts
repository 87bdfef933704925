/** Memory that gives way. */
import { expect } from "vitest";
import { isFedscoreError } from "../../src/errors.js";
import type { Engine } from "../../src/kernels/index.js";

/** More than a 32-bit memory holds: what fails then is the arena's own check. */
const tooManyBytes = 2 ** 33;

/** Runs `work` with `allocate` in place of the arena's own. */
function withAllocations<T>({ arena }: Engine, allocate: typeof arena.allocate, work: () => T): T {
  const own = Object.getOwnPropertyDescriptor(arena, "allocate");
  Object.defineProperty(arena, "allocate", { value: allocate, configurable: true });
  try {
    return work();
  } finally {
    if (own) Object.defineProperty(arena, "allocate", own);
    else Reflect.deleteProperty(arena, "allocate");
  }
}

/**
 * Runs `work` on an engine that has no memory left at the n-th allocation, counted from 1. Whether that made it throw.
 */
export function outOfMemoryAt(engine: Engine, n: number, work: (engine: Engine) => unknown): boolean {
  const { arena } = engine;
  const allocate = arena.allocate.bind(arena);
  let count = 0;
  try {
    withAllocations(
      engine,
      (bytes) => allocate(++count === n ? tooManyBytes : bytes),
      () => work(engine),
    );
  } catch (error) {
    if (!isFedscoreError(error) || error.code !== "FEDSCORE_OUT_OF_MEMORY") throw error;
    expect(error).toMatchObject({ details: { requested: tooManyBytes } });
    return true;
  }
  if (count >= n) throw new Error(`allocation ${n} of ${count} failed and nobody said so`);
  return false;
}

/**
 * The result of `work` on an engine whose memory moves at every allocation: a view that was taken before one is void.
 */
export function inMovingMemory<T>(engine: Engine, work: (engine: Engine) => T): T {
  const { arena } = engine;
  const allocate = arena.allocate.bind(arena);
  const memory: unknown = Reflect.get(engine.kernels, "memory");
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("the engine's memory is not exported");
  const moving = (bytes: number) => {
    memory.grow(1);
    return allocate(bytes);
  };
  return withAllocations(engine, moving, () => work(engine));
}

/**
 * Lets each allocation of `work` fail in turn. Each time the error must say so, nothing may stay allocated, and the
 * same engine must then give what a fresh one gives. How many allocations there were.
 */
export function surviveOutOfMemory<T>(engine: Engine, expected: T, work: (engine: Engine) => T): number {
  const { used } = engine.arena;
  for (let n = 1; ; n++) {
    const failed = outOfMemoryAt(engine, n, work);
    expect(engine.arena.used, `after allocation ${n} failed`).toBe(used);
    expect(work(engine), `after allocation ${n} failed`).toEqual(expected);
    if (!failed) return n - 1;
  }
}
