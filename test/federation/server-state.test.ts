import { expect, it } from "vitest";
import { createServerOptimizer, serverOptimizers } from "../../src/federation/server-optimizers/index.js";
import { startState, stateAfter } from "../../src/federation/server-state.js";
import { averageInPlace } from "../../src/pruning/average.js";
import { testNumbers } from "../support/numbers.js";
import { specsOf } from "../support/specs.js";

it.each(specsOf(serverOptimizers))(
  "is the mean update through the server optimizer, and says how far that is: $kind",
  (spec) => {
    for (const length of [1, 2, 20_001]) {
      const optimizer = createServerOptimizer("server", spec);
      const start = startState(testNumbers(length, 1), { optimizer, ema: undefined });
      const weights = Float64Array.from({ length }, (_, i) => (i + 1) % 4);
      let state = start;
      const parameters = start.parameters.slice();
      const vectors = start.optimizer.map((vector) => vector.slice());
      for (const seed of [2, 3]) {
        const sum = Float64Array.from(testNumbers(length, seed));
        const update = sum.slice();
        const before = parameters.slice();
        averageInPlace(update, weights, new Float32Array(length));
        optimizer.step({ parameters, update, weights, state: vectors });
        const { norm, state: next } = stateAfter(state, { optimizer, ema: undefined }, { sum, weights });
        expect(next.parameters).toEqual(parameters);
        expect(next.update).toEqual(Float32Array.from(update));
        expect(next.optimizer).toEqual(vectors);
        const squares = parameters.reduce((total, value, i) => total + (value - before[i]) ** 2, 0);
        // float64 sums of up to 20 001 squares in another order.
        expect(Math.abs(norm - Math.sqrt(squares))).toBeLessThanOrEqual(1e-11 * norm);
        state = next;
      }
      expect(start.parameters).toEqual(testNumbers(length, 1));
    }
  },
);

it("refuses a step to NaN or Infinity, and leaves the state as it was", () => {
  const optimizer = createServerOptimizer("server", { kind: "fedavg", learningRate: 1 });
  const start = startState(testNumbers(9000, 1), { optimizer, ema: undefined });
  const sum = new Float64Array(9000);
  sum[8999] = 1e300;
  const total = { sum, weights: new Float64Array(9000).fill(1) };
  expect(() => stateAfter(start, { optimizer, ema: undefined }, total)).toThrow("made its parameters infinite or NaN");
  expect(start.parameters).toEqual(testNumbers(9000, 1));
});

it.each(specsOf(serverOptimizers))(
  "is the same in the vectors of a state that nobody reads any more: $kind",
  (spec) => {
    const rule = { optimizer: createServerOptimizer("server", spec), ema: { decay: () => 0.9 } };
    const weights = Float64Array.from({ length: 100 }, (_, i) => i % 3);
    const totalOf = (seed: number) => ({ sum: Float64Array.from(testNumbers(100, seed)), weights });
    const first = startState(testNumbers(100, 1), rule);
    const second = stateAfter(first, rule, totalOf(2)).state;
    const fresh = stateAfter(second, rule, totalOf(3));
    const before = structuredClone(second);
    const reused = stateAfter(second, rule, totalOf(3), first);
    expect(reused).toEqual(fresh);
    expect(reused.state.parameters).toBe(first.parameters);
    expect(second).toEqual(before);
    const next = stateAfter(reused.state, rule, totalOf(4), second);
    expect(next).toEqual(stateAfter(fresh.state, rule, totalOf(4)));
    expect(next.state.update).toBe(second.update);
  },
);
