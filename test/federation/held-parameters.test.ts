import { expect, it } from "vitest";
import { heldParameters } from "../../src/federation/held-parameters.js";
import { createEngine } from "../../src/kernels/index.js";

it("copies what is sent once for each name, and again for the next one", async () => {
  const engine = await createEngine({ variant: "simd" });
  const at = (pointer: number, length: number) => [...new Float32Array(engine.arena.buffer, pointer, length)];
  const sent = Float32Array.of(1, 2, 3);
  const pointer = heldParameters(engine, sent, "run 1");
  const { used } = engine.arena;
  sent[0] = 9;
  expect(heldParameters(engine, sent, "run 1")).toBe(pointer);
  expect(at(pointer, 3)).toEqual([1, 2, 3]);
  expect(heldParameters(engine, sent, "run 2")).toBe(pointer);
  expect(at(pointer, 3)).toEqual([9, 2, 3]);
  expect(heldParameters(engine, Float32Array.of(7), "other 3")).toBe(pointer);
  expect(at(pointer, 1)).toEqual([7]);
  expect(engine.arena.used).toBe(used);
});

it("leaves less behind than it holds, however often vectors grow", async () => {
  const engine = await createEngine({ variant: "simd" });
  for (let length = 1000; length <= 100_000; length += 1000)
    heldParameters(engine, new Float32Array(length), `run ${length}`);
  expect(engine.arena.used).toBeLessThan(4 * 4 * 100_000);
});

it("makes room for more, each engine its own", async () => {
  const [engine, other] = [await createEngine({ variant: "simd" }), await createEngine({ variant: "simd" })];
  const few = heldParameters(engine, Float32Array.of(1), "run 1");
  const many = heldParameters(engine, new Float32Array(1000).fill(5), "run 2");
  expect(many).not.toBe(few);
  expect(new Float32Array(engine.arena.buffer, many, 1000)).toEqual(new Float32Array(1000).fill(5));
  const there = heldParameters(other, Float32Array.of(8), "run 2");
  expect(new Float32Array(other.arena.buffer, there, 1)[0]).toBe(8);
});
