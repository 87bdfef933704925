import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFedscoreError } from "../../src/errors.js";
import { Arena } from "../../src/kernels/index.js";
import { address } from "../support/address.js";

const page = 65536;

function arenaOf(maximum: number, heapBase = 100): { readonly arena: Arena; readonly memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum });
  return { memory, arena: new Arena(memory, address(heapBase)) };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("Arena", () => {
  it("gives out disjoint ranges on cache lines, above the static data", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 20 }), fc.nat(300), (sizes, heapBase) => {
        const { arena } = arenaOf(8, heapBase);
        let end = heapBase;
        for (const bytes of sizes) {
          const pointer = arena.allocate(bytes);
          expect(pointer % 64).toBe(0);
          expect(pointer).toBeGreaterThanOrEqual(end);
          end = pointer + bytes;
          expect(arena.used).toBeGreaterThanOrEqual(end);
        }
      }),
    );
  });

  it("releases what a scope allocated, nested ones too, and keeps what is outside", () => {
    const { arena } = arenaOf(8);
    const kept = arena.floats(3);
    kept.array.set([1, 2, 3]);
    const before = arena.used;
    const result = arena.scope(() => {
      const outer = arena.floats(10);
      const [mark, inner] = [arena.used, arena.scope(() => arena.allocate(4000))];
      expect(arena.used).toBe(mark);
      expect(arena.allocate(8)).toBe(inner);
      return outer.length;
    });
    expect(result).toBe(10);
    expect(arena.used).toBe(before);
    expect(arena.peak).toBeGreaterThanOrEqual(before + 4000);
    expect([...kept.array]).toEqual([1, 2, 3]);
  });

  it("releases a scope that throws, and passes the error on", () => {
    const { arena } = arenaOf(8);
    const before = arena.used;
    const fault = new Error("fault");
    const failing = () =>
      arena.scope(() => {
        arena.allocate(1000);
        arena.scope(() => {
          arena.allocate(1000);
          throw fault;
        });
      });
    expect(thrownBy(failing)).toBe(fault);
    expect(arena.used).toBe(before);
  });

  it("grows the memory between calls; blocks follow it, views taken before do not", () => {
    const { arena, memory } = arenaOf(8);
    const block = arena.copyIn(Float32Array.of(1, 2, 3));
    const stale = block.array;
    arena.allocate(3 * page);
    expect(memory.buffer.byteLength).toBeGreaterThan(3 * page);
    expect(stale.length).toBe(0);
    expect([...block.array]).toEqual([1, 2, 3]);
    expect(arena.buffer).toBe(memory.buffer);
  });

  it("grows by what is needed where growing ahead is refused", () => {
    const { arena, memory } = arenaOf(9);
    arena.allocate(7 * page);
    arena.allocate(page);
    expect(memory.buffer.byteLength).toBe(9 * page);
  });

  it("copies any typed array by its bytes", () => {
    const { arena } = arenaOf(8);
    const source = Float64Array.of(0, 1.5, -2).subarray(1);
    expect([...arena.float64(arena.copyBytes(source), 2)]).toEqual([1.5, -2]);
    expect([...arena.int32(arena.copyBytes(Int32Array.of(7, -7)), 2)]).toEqual([7, -7]);
  });

  it("says how much was asked for, how much there is, and stays as it was", () => {
    const { arena } = arenaOf(2);
    arena.allocate(1000);
    const { used, peak } = arena;
    const error = thrownBy(() => arena.scope(() => arena.allocate(2 * page)));
    expect(isFedscoreError(error) && error.code).toBe("FEDSCORE_OUT_OF_MEMORY");
    expect(error).toMatchObject({
      message: `out of wasm memory: ${2 * page} bytes requested, ${used} in use of ${page} allocated; the limit of a 32-bit memory is 4294967296`,
      details: { requested: 2 * page, used, allocated: page, scopes: 1 },
    });
    expect([arena.used, arena.peak]).toEqual([used, peak]);
    expect(arena.allocate(page - 2000)).toBe(used);
  });

  it("refuses what is no number of bytes", () => {
    const { arena } = arenaOf(2);
    for (const bytes of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => arena.allocate(bytes)).toThrow("bytes must be an integer >= 0");
    }
  });
});
