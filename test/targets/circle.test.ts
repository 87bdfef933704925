import { expect, test } from "vitest";
import { pointOnCircle } from "../../src/targets/circle.js";

test("pointOnCircle is cos and sin of turns, exact at quarters", () => {
  for (let i = -2000; i <= 4000; i++) {
    const turn = i / 1023;
    const [cosine, sine] = pointOnCircle(turn);
    // The argument 2 pi turn of Math carries half an ulp of up to 25.
    expect(Math.abs(cosine - Math.cos(2 * Math.PI * turn))).toBeLessThan(4e-15);
    expect(Math.abs(sine - Math.sin(2 * Math.PI * turn))).toBeLessThan(4e-15);
  }
  expect([0, 0.25, 0.5, 0.75, 1].map(pointOnCircle)).toEqual([
    [1, 0],
    [-0, 1],
    [-1, -0],
    [0, -1],
    [1, 0],
  ]);
});
