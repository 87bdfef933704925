import fc from "fast-check";
import { expect, it } from "vitest";
import { levelOfLogSnr } from "../../src/diffusion/schedule.js";
import { initializationBound } from "../../src/theory/initialization.js";

it("is the KL divergence of the noised origin for a law at the origin, and never negative", () => {
  // For X_0 = 0: d (snr/(1 + snr) as a mean square is absent; log(1 + snr) - snr / (1 + snr)) / 2 = d (u^2 / 2 + u^3 / 3 + ..) / 2, u = alpha^2.
  fc.assert(
    fc.property(fc.double({ min: -80, max: -2, noNaN: true }), fc.integer({ min: 1, max: 64 }), (logSnr, dimension) => {
      const u = 1 / (1 + Math.exp(-logSnr));
      let series = 0;
      for (let power = 60; power >= 2; power--) series = (series + 1 / power) * (power === 2 ? u * u : u);
      const bound = initializationBound(0, dimension, levelOfLogSnr(logSnr, 1));
      expect(bound).toBeGreaterThanOrEqual(0);
      expect(bound / (0.5 * dimension * series)).toBeCloseTo(1, 6);
    }),
  );
});
