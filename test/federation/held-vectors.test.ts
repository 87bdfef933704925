import { expect, it } from "vitest";
import { heldVector } from "../../src/federation/held-vectors.js";
import { createEngine, type Engine } from "../../src/kernels/index.js";

const held = (engine: Engine, values: Float32Array, name: string) =>
  heldVector(engine, "parameters", values, name).pointer;

it("copies what is sent once for each name, and again for the next one", async () => {
  const engine = await createEngine({ variant: "simd" });
  const at = (pointer: number, length: number) => [...new Float32Array(engine.arena.buffer, pointer, length)];
  const sent = Float32Array.of(1, 2, 3);
  const pointer = held(engine, sent, "run 1");
  const { used } = engine.arena;
  sent[0] = 9;
  expect(held(engine, sent, "run 1")).toBe(pointer);
  expect(at(pointer, 3)).toEqual([1, 2, 3]);
  expect(held(engine, sent, "run 2")).toBe(pointer);
  expect(at(pointer, 3)).toEqual([9, 2, 3]);
  expect(held(engine, Float32Array.of(7), "other 3")).toBe(pointer);
  expect(at(pointer, 1)).toEqual([7]);
  expect(engine.arena.used).toBe(used);
});

it("leaves less behind than it holds, however often vectors grow", async () => {
  const engine = await createEngine({ variant: "simd" });
  for (let length = 1000; length <= 100_000; length += 1000) held(engine, new Float32Array(length), `run ${length}`);
  expect(engine.arena.used).toBeLessThan(4 * 4 * 100_000);
});

it("makes room for more, each engine its own", async () => {
  const [engine, other] = [await createEngine({ variant: "simd" }), await createEngine({ variant: "simd" })];
  const few = held(engine, Float32Array.of(1), "run 1");
  const many = held(engine, new Float32Array(1000).fill(5), "run 2");
  expect(many).not.toBe(few);
  expect(new Float32Array(engine.arena.buffer, many, 1000)).toEqual(new Float32Array(1000).fill(5));
  const there = held(other, Float32Array.of(8), "run 2");
  expect(new Float32Array(other.arena.buffer, there, 1)[0]).toBe(8);
});

it("holds one vector of each kind, named by a text or by the vector itself", async () => {
  const engine = await createEngine({ variant: "simd" });
  const table = Float32Array.of(4, 5, 6, 7);
  const first = heldVector(engine, "levelTable", table, table);
  const parameters = heldVector(engine, "parameters", Float32Array.of(1, 2), "run 1");
  table[0] = 9;
  const again = heldVector(engine, "levelTable", table, table);
  expect([...again.array]).toEqual([4, 5, 6, 7]);
  expect(again.pointer).toBe(first.pointer);
  const shorter = Float32Array.of(8);
  expect([...heldVector(engine, "levelTable", shorter, shorter).array]).toEqual([8]);
  expect([...parameters.array]).toEqual([1, 2]);
});

it("is nothing for a scope, which would take the memory back", async () => {
  const engine = await createEngine({ variant: "simd" });
  const first = held(engine, Float32Array.of(1), "run 1");
  expect(() => engine.arena.scope(() => held(engine, Float32Array.of(2), "run 2"))).toThrow("within a scope");
  expect(held(engine, Float32Array.of(3), "run 2")).toBe(first);
  expect(new Float32Array(engine.arena.buffer, first, 1)[0]).toBe(3);
});

it("does not take values of another length for those of the same name", async () => {
  const engine = await createEngine({ variant: "simd" });
  held(engine, Float32Array.of(1, 2, 3), "r0");
  const longer = held(engine, new Float32Array(1000).fill(4), "r0");
  expect(new Float32Array(engine.arena.buffer, longer, 1000)).toEqual(new Float32Array(1000).fill(4));
  const { used } = engine.arena;
  const shorter = held(engine, Float32Array.of(5, 6), "r0");
  expect([...new Float32Array(engine.arena.buffer, shorter, 2)]).toEqual([5, 6]);
  expect(held(engine, new Float32Array(1000).fill(7), "r0")).toBe(longer);
  expect(engine.arena.used).toBe(used);
});
