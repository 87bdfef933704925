import fc from "fast-check";
import { expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { normals } from "../../src/kernels/random.js";
import { affineTarget, mapped } from "../../src/targets/affine.js";
import { mixtureTarget } from "../../src/targets/gaussian-mixture.js";
import { createTarget } from "../../src/targets/index.js";
import type { Target } from "../../src/targets/target.js";
import { describeEngines } from "../support/engines.js";

const level = (alpha: number) => ({ alpha, sigma: Math.sqrt(1 - alpha * alpha) });

function denoise(engine: Engine, target: Target, x: Float32Array, alpha: number): Float32Array {
  const { arena } = engine;
  const rows = x.length / target.dimension;
  return arena.scope(() => {
    const out = arena.floats(x.length);
    const session = target.denoiser?.open(engine, rows);
    const { sigma } = level(alpha);
    const at = { t: 0, alpha, sigma, logSnr: 2 * Math.log(alpha / sigma) };
    session?.denoise(arena.copyIn(x).pointer, rows, at, out.pointer);
    return out.array.slice();
  });
}

it("has the second moment about the map's shift, whatever the mean", () => {
  const base = createTarget({
    kind: "product",
    dimension: 2,
    means: [1, 3],
    weights: [0.25, 0.75],
    variances: [0.5, 2],
  });
  const [mean, square] = [0.25 + 0.75 * 3, 0.25 * (1 + 0.5) + 0.75 * (9 + 2)];
  expect(base.secondMoment).toBeCloseTo(2 * square, 12);
  for (const [shift, scale] of [
    [[0, 0], 1],
    [[mean, mean], 2],
    [[-1, 4], 0.5],
  ] as const) {
    const image = mapped(base, { shift: Float64Array.from(shift), scale });
    const expected = shift.reduce((sum, s) => sum + square - 2 * s * mean + s * s, 0) / scale ** 2;
    expect(image.secondMoment).toBeCloseTo(expected, 12);
    image.mean?.forEach((value, j) => {
      expect(value).toBeCloseTo((mean - shift[j]) / scale, 12);
    });
  }
});

/** A mixture in the plane, and the mixture that the map makes of it. */
function pair(shift: readonly [number, number], scale: number): [Target, Target] {
  const means = [1, -2, 0.5, 3, -4, 0];
  const variances = [0.3, 0.1, 1];
  const weights = [0.2, 0.5, 0.3];
  const mixture = (m: number[], v: number[]) =>
    mixtureTarget("mixture", { dimension: 2, means: Float32Array.from(m), weights, variances: v });
  return [
    affineTarget(mixture(means, variances), { shift: Float64Array.from(shift), scale }),
    mixture(
      means.map((value, at) => (value - shift[at % 2]) / scale),
      variances.map((value) => value / scale ** 2),
    ),
  ];
}

describeEngines("affine map of a target", (engineOf) => {
  it("of a mixture is the mapped mixture: denoiser, densities, moments, samples", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const properties = fc.property(
      number,
      number,
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      fc.double({ min: 0.05, max: 0.99, noNaN: true }),
      (a, b, scale, alpha) => {
        const [mapped, direct] = pair([a, b], scale);
        const x = normals(engineOf(), 34, { seed: 1, purpose: 16 });
        const [got, want] = [mapped, direct].map((target) => denoise(engineOf(), target, x, alpha));
        got.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThan(2e-4 * (1 + Math.abs(want[i]) + 3 / scale));
        });
        const [density, expected] = [mapped, direct].map((target) =>
          target.marginalLogDensity?.(engineOf(), x, level(alpha)),
        );
        density?.forEach((value, i) => {
          expect(value).toBeCloseTo(expected?.[i] as number, 2);
        });
        expect(mapped.secondMoment).toBeCloseTo(direct.secondMoment as number, 4);
        mapped.mean?.forEach((value, j) => {
          expect(value).toBeCloseTo(direct.mean?.[j] as number, 5);
        });
        const [drawn, same] = [mapped, direct].map((target) => target.sample(engineOf(), 9, 4, 2).points);
        drawn.forEach((value, i) => {
          expect(Math.abs(value - same[i])).toBeLessThan(1e-5 * (1 + 3 / scale + Math.abs(same[i])));
        });
      },
    );
    fc.assert(properties, { numRuns: 40 });
  });

  it("of a Gaussian keeps the closed forms", () => {
    const base = createTarget({ kind: "low-rank", dimension: 3, rank: 1, noise: 0.5, variances: [3] });
    expect([...(base.gaussianVariances ?? [])]).toEqual([3.25, 0.25, 0.25]);
    const target = affineTarget(base, { shift: Float64Array.of(1, 2, 2), scale: 2 });
    expect([...(target.gaussianVariances ?? [])]).toEqual([3.25 / 4, 0.0625, 0.0625]);
    expect(target.secondMoment).toBeCloseTo((3.75 + 9) / 4, 12);
    const x = normals(engineOf(), 30, { seed: 2, purpose: 16 });
    const density = target.logDensity?.(engineOf(), x) as Float64Array;
    const original = x.map((value, at) => 2 * value + [1, 2, 2][at % 3]);
    const expected = base.logDensity?.(engineOf(), original) as Float64Array;
    density.forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row] + 3 * Math.log(2), 5);
    });
  });

  it("leaves out what the law does not know, and refuses scales that are not one", () => {
    const moons = affineTarget(createTarget({ kind: "moons" }), { shift: new Float64Array(2), scale: 3 });
    expect(moons.denoiser).toBeUndefined();
    expect(moons.marginalLogDensity).toBeUndefined();
    const ring = createTarget({ kind: "ring" });
    expect(() => affineTarget(ring, { shift: new Float64Array(2), scale: 0 })).toThrow(/scale must be finite and > 0/);
    expect(() => affineTarget(ring, { shift: new Float64Array(3), scale: 1 })).toThrow(/shift must have 2 entries/);
  });
});
