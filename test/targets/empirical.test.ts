import { expect, it } from "vitest";
import { empirical } from "../../src/targets/empirical.js";
import { describeEngines } from "../support/engines.js";

describeEngines("empirical law", (engineOf) => {
  it("has the softmax over its points as its denoiser, and their moments", () => {
    const points = Float32Array.of(1, 0, -1, 2, 3, 3);
    const target = empirical({ kind: "empirical", points, dimension: 2 });
    expect([...(target.mean ?? [])].map((value) => Number(value.toFixed(12)))).toEqual([
      1,
      Number((5 / 3).toFixed(12)),
    ]);
    expect(target.secondMoment).toBeCloseTo((1 + 5 + 18) / 3, 12);
    const { arena } = engineOf();
    const [alpha, sigma] = [0.6, 0.8];
    const x = [0.4, 0.9];
    const got = arena.scope(() => {
      const out = arena.floats(2);
      const session = target.denoiser?.open(engineOf(), 1);
      const at = { t: 0, alpha, sigma, logSnr: 2 * Math.log(alpha / sigma) };
      session?.denoise(arena.copyIn(Float32Array.from(x)).pointer, 1, at, out.pointer);
      return [...out.array];
    });
    const weights = [0, 1, 2].map((k) =>
      Math.exp(-((x[0] - alpha * points[2 * k]) ** 2 + (x[1] - alpha * points[2 * k + 1]) ** 2) / (2 * sigma ** 2)),
    );
    const mass = weights[0] + weights[1] + weights[2];
    for (const j of [0, 1]) {
      const mean = weights.reduce((sum, weight, k) => sum + (weight * points[2 * k + j]) / mass, 0);
      expect(got[j]).toBeCloseTo(mean, 6);
    }
  });

  it("draws rows of its points, each as often as the others, the same however the range is cut", () => {
    const points = Float32Array.from({ length: 21 }, (_, i) => i);
    const target = empirical({ kind: "empirical", points, dimension: 3 });
    const whole = target.sample(engineOf(), 7000, 5);
    const counts = new Float64Array(7);
    whole.labels.forEach((row, i) => {
      counts[row]++;
      expect(whole.points[3 * i]).toBe(3 * row);
    });
    // Chi squared with 6 degrees of freedom stays below 22.46 with probability 0.999.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(22.46);
    expect(target.sample(engineOf(), 50, 5, 31).points).toEqual(whole.points.slice(93, 243));
  });
});
