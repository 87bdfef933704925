import { expect, it } from "vitest";
import { clientMoments } from "../../../src/data/moments.js";
import { fitTransforms } from "../../../src/data/transforms/index.js";
import { describeEngines } from "../../support/engines.js";

describeEngines("standardize", (engineOf) => {
  // Columns: mean 2, variance 1; mean -10, variance 4; constant.
  const points = Float32Array.of(1, -8, 5, 3, -12, 5, 1, -12, 5, 3, -8, 5);
  const fitted = (scale?: "each" | "global") => {
    const moments = clientMoments(engineOf(), points, 3, Uint32Array.of(0, 1, 2, 3));
    return fitTransforms(engineOf(), [{ kind: "standardize", ...(scale && { scale }) }], moments);
  };

  it("gives every coordinate mean 0 and variance 1, and leaves constants at 0", () => {
    const transform = fitted();
    expect([...transform.forward(points)]).toEqual([-1, 1, 0, 1, -1, 0, -1, -1, 0, 1, 1, 0]);
    expect(transform.inverse(transform.forward(points))).toEqual(points);
  });

  it("divides all by the root mean variance when global", () => {
    // (1 + 4 + 0) / 3.
    const scale = Math.fround(Math.sqrt(5 / 3));
    expect(fitted("global").forward(points)).toEqual(
      Float32Array.from([-1, 2, 0, 1, -2, 0, -1, -2, 0, 1, 2, 0], (x) => x / scale),
    );
  });

  it("takes rounding noise of a far-off constant for no variance", () => {
    const constant = new Float32Array(1000).fill(12345.678);
    const moments = clientMoments(
      engineOf(),
      constant,
      1,
      Uint32Array.from({ length: 1000 }, (_, row) => row),
    );
    expect([...new Set(fitTransforms(engineOf(), [{ kind: "standardize" }], moments).forward(constant))]).toEqual([0]);
  });
});
