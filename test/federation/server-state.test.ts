import { expect, it } from "vitest";
import { createServerOptimizer, type ServerOptimizerSpec } from "../../src/federation/server-optimizers/index.js";
import { startState, stateAfter } from "../../src/federation/server-state.js";
import { averageInPlace } from "../../src/pruning/average.js";
import { testNumbers } from "../support/numbers.js";

const rules: ServerOptimizerSpec[] = [
  { kind: "fedavg", learningRate: 0.5 },
  { kind: "fedavgm", learningRate: 1, momentum: 0.9 },
  { kind: "fedadam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
];

it.each(rules)("is the mean update through the server optimizer, and says how far that is: $kind", (spec) => {
  for (const length of [1, 2, 20_001]) {
    const optimizer = createServerOptimizer("server", spec);
    const start = startState(testNumbers(length, 1), { optimizer, ema: undefined });
    const weights = Float64Array.from({ length }, (_, i) => i % 4);
    let state = start;
    const parameters = start.parameters.slice();
    const vectors = start.optimizer.map((vector) => vector.slice());
    for (const seed of [2, 3]) {
      const sum = Float64Array.from(testNumbers(length, seed));
      const update = sum.slice();
      const before = parameters.slice();
      averageInPlace(update, weights);
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
});

it("refuses a step to NaN or Infinity, and leaves the state as it was", () => {
  const optimizer = createServerOptimizer("server", { kind: "fedavg", learningRate: 1 });
  const start = startState(testNumbers(9000, 1), { optimizer, ema: undefined });
  const sum = new Float64Array(9000);
  sum[8999] = 1e300;
  const total = { sum, weights: new Float64Array(9000).fill(1) };
  expect(() => stateAfter(start, { optimizer, ema: undefined }, total)).toThrow("made its parameters infinite or NaN");
  expect(start.parameters).toEqual(testNumbers(9000, 1));
});
