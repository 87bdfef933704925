import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../../src/tables/encoding/normal-quantile.js";

describe("the quantile function of the normal law", () => {
  // python3 -c "from statistics import NormalDist as N; print([N().inv_cdf(p) for p in [...]])", Python 3.11.
  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798405],
    [1e-9, -5.9978070150076865],
    [0.001, -3.090232306167813],
    [0.074, -1.4466320671589785],
    [0.076, -1.4325027208258114],
    [0.3, -0.5244005127080407],
    [0.5, 0],
    [0.925, 1.439531470938456],
    [0.999999, 4.753424308817089],
  ])("at %d is that of Python", (p, z) => {
    // 1 - p has lost digits of p in the upper tail.
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-14 * Math.max(1, Math.abs(z)) + (p > 0.9999 ? 1e-11 : 0));
  });
});
