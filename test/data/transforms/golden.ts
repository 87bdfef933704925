import { expect, it } from "vitest";
import { clientMoments } from "../../../src/data/moments.js";
import { fitTransforms } from "../../../src/data/transforms/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { digest } from "../../support/digest.js";

/** The same bytes of the simd build in Node and in browsers; frozen from the first run, so that a change is noticed. */
export function reproducesGoldenTransform(engineOf: () => Engine): void {
  it("fits and applies with the same bytes everywhere, in the simd build", ({ skip }) => {
    const engine = engineOf();
    if (engine.variant !== "simd") skip("relaxed SIMD rounds as the machine does");
    const [count, dimension] = [200, 33];
    const points = Float32Array.from({ length: count * dimension }, (_, at) => ((at * at * 7) % 1013) / 100);
    const rows = Uint32Array.from({ length: count }, (_, row) => row);
    const specs = [{ kind: "pca", components: 9, whiten: true } as const, { kind: "standardize" } as const];
    const transform = fitTransforms(engine, specs, clientMoments(engine, points, dimension, rows));
    const mapped = transform.forward(points);
    expect(digest(mapped, transform.inverse(mapped), new TextEncoder().encode(JSON.stringify(transform)))).toBe(
      "8591eabe",
    );
  });
}
