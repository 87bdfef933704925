import { describe, expect, it } from "vitest";
import { createEngine, RandomStream } from "../../../src/kernels/index.js";
import type { LevelLaw } from "../../../src/targets/float64-law.js";
import { LogDeterminant } from "../../../src/theory/flow/log-determinant.js";

const engine = await createEngine({ variant: "simd" });

/** A law whose Jacobian is U diag(values) U^T everywhere, U the reflection at `mirror`, and which takes `steepest` for its largest eigenvalue. */
function lawOf(values: readonly number[], mirror: readonly number[], steepest: number): LevelLaw {
  const square = mirror.reduce((sum, value) => sum + value * value, 0);
  const reflect = (v: readonly number[]) => {
    const along = v.reduce((sum, value, j) => sum + value * mirror[j], 0);
    return v.map((value, j) => value - (2 * along * mirror[j]) / square);
  };
  const none = () => {
    throw new Error("not asked");
  };
  return {
    denoise: none,
    jacobian: none,
    logDensity: none,
    product: (v, product) => product.set(reflect(reflect([...v]).map((value, j) => value * values[j]))),
    steepest: () => steepest,
  };
}

/** Mean and standard error of n estimates. */
function estimated(law: LevelLaw, d: number, n: number): { readonly mean: number; readonly error: number } {
  const stream = new RandomStream(engine, { seed: 9, purpose: 16 });
  const determinant = new LogDeterminant(d, Math.log);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const signs = Float64Array.from({ length: d }, () => (stream.uniform() < 0.5 ? -1 : 1));
    const value = determinant.estimate(law, 0.4, 1.5, { signs, uniform: stream.uniform() });
    sum += value;
    squares += value * value;
  }
  return { mean: sum / n, error: Math.sqrt((squares / n - (sum / n) ** 2) / n) };
}

const exactly = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.log(0.4 + 1.5 * value), 0);

describe("the estimate of log det(c_x I + c_0 J)", () => {
  it.each([
    ["a tight end", [0, 0.3, 2, 7, 0.1], 7],
    ["an end that is three times the largest eigenvalue", [0, 0.3, 2, 7, 0.1], 21],
  ])("has no bias with %s", (_, values, steepest) => {
    const law = lawOf(values, [1, -2, 0.5, 3, 1], steepest);
    const { mean, error } = estimated(law, 5, 8000);
    expect(error).toBeLessThan(0.05);
    expect(error).toBeGreaterThan(1e-4);
    expect(Math.abs(mean - exactly(values))).toBeLessThan(3 * error);
  });

  it("would have a bias if it did not weigh what it cuts: far terms matter", () => {
    // The first eight terms alone, as for a uniform number that cuts the series at once.
    const values = [0, 0.3, 2, 7, 0.1];
    const determinant = new LogDeterminant(5, Math.log);
    const law = lawOf(values, [0, 0, 0, 0, 1], 7);
    const cut = determinant.estimate(law, 0.4, 1.5, { signs: Float64Array.of(1, 1, -1, 1, -1), uniform: 1 });
    // The Jacobian is diagonal, so that only the cut is random.
    expect(cut - exactly(values)).toBeGreaterThan(0.2);
    const { mean, error } = estimated(law, 5, 8000);
    expect(Math.abs(mean - exactly(values))).toBeLessThan(3 * error);
  });

  it("is exact where there is nothing to expand", () => {
    const { mean } = estimated(lawOf([0, 0, 0], [1, 2, 3], 0), 3, 1);
    expect(mean).toBeCloseTo(3 * Math.log(0.4), 14);
  });
});
