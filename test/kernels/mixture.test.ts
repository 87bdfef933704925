import fc from "fast-check";
import { expect, test } from "vitest";
import { nullPointer, type Pointer } from "../../src/kernels/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals, uniforms } from "../../src/kernels/random.js";
import { describeEngines } from "../support/engines.js";
import { type MixtureCase, mixtureReference } from "../support/mixture.js";

describeEngines("mixture kernel", (engineOf) => {
  const evaluate = (mixture: MixtureCase, x: Float32Array, alpha: number, sigma: number, outputs = "dsl") => {
    const { arena, kernels } = engineOf();
    const { dimension: d, means, logWeights, variances } = mixture;
    const [count, rows] = [variances.length, x.length / d];
    return arena.scope(() => {
      const packed = arena.floats(kernels.mixturePackedLength(count, d));
      kernels.mixturePack(arena.copyIn(means).pointer, count, d, packed.pointer);
      const [w, v, at] = [arena.copyBytes(logWeights), arena.copyBytes(variances), arena.copyIn(x).pointer];
      const scratch = arena.allocate(kernels.mixtureScratchBytes(count, rows));
      const denoised = arena.floats(rows * d + 1);
      const score = arena.floats(rows * d + 1);
      const density = arena.allocate(8 * rows + 8);
      for (const block of [denoised, score]) block.array.fill(77);
      arena.float64(density, rows + 1).fill(77);
      const wanted = (letter: string, pointer: Pointer) => (outputs.includes(letter) ? pointer : nullPointer);
      kernels.mixtureEvaluate(
        packed.pointer,
        w,
        v,
        count,
        d,
        at,
        rows,
        alpha,
        sigma,
        scratch,
        wanted("d", denoised.pointer),
        wanted("s", score.pointer),
        wanted("l", density),
      );
      return {
        denoised: denoised.array.slice(),
        score: score.array.slice(),
        logDensity: arena.float64(density, rows + 1).slice(),
      };
    });
  };

  /** Components at standard normal means, log-weights and variances random; rows drawn near components. */
  const randomCase = (
    seed: number,
    count: number,
    d: number,
    rows: number,
    alpha: number,
    sigma: number,
    points: boolean,
  ) => {
    const engine = engineOf();
    const z = (purpose: Purpose, n: number) => normals(engine, n, { seed, purpose });
    const u = uniforms(engine, 2 * count + rows, { seed, purpose: Purpose.target });
    const total = u.slice(0, count).reduce((a, b) => a + b, 0);
    const mixture: MixtureCase = {
      dimension: d,
      means: z(Purpose.target, count * d),
      logWeights: Float64Array.from(u.slice(0, count), (value) => Math.log(value / total)),
      variances: Float64Array.from(u.slice(count, 2 * count), (value) => (points ? 0 : value ** 3)),
    };
    const noise = z(Purpose.probe, rows * d);
    const x = noise.map((value, i) => {
      const k = Math.floor(u[2 * count + Math.floor(i / d)] * count);
      const spread = Math.sqrt(alpha ** 2 * mixture.variances[k] + sigma ** 2);
      return alpha * mixture.means[k * d + (i % d)] + spread * value;
    });
    return { mixture, x };
  };

  const check = (mixture: MixtureCase, x: Float32Array, alpha: number, sigma: number) => {
    const d = mixture.dimension;
    const got = evaluate(mixture, x, alpha, sigma);
    const rows = x.length / d;
    const largestMean = mixture.means.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const smallestC = alpha ** 2 * mixture.variances.reduce((a, b) => Math.min(a, b), Infinity) + sigma ** 2;
    for (let row = 0; row < rows; row++) {
      const at = x.subarray(row * d, (row + 1) * d);
      const expected = mixtureReference(mixture, at, alpha, sigma);
      // A weight whose logit is off by e is off by a factor e^+-e; float32 exponentials and sums over K add K eps.
      const relative = 2 * expected.logitError + (mixture.variances.length + 16) * 2 ** -23;
      expect(Math.abs(got.logDensity[row] - expected.logDensity)).toBeLessThanOrEqual(relative);
      for (let j = 0; j < d; j++) {
        const size = largestMean + Math.abs(at[j]) / Math.max(alpha, 0.5);
        expect(Math.abs(got.denoised[row * d + j] - expected.denoised[j])).toBeLessThanOrEqual(2 * relative * size);
        const scoreSize = (alpha * largestMean + Math.abs(at[j])) / smallestC;
        expect(Math.abs(got.score[row * d + j] - expected.score[j])).toBeLessThanOrEqual(2 * relative * scoreSize);
      }
    }
    expect([got.denoised[rows * d], got.score[rows * d], got.logDensity[rows]]).toEqual([77, 77, 77]);
  };

  test("posterior mean, score and log-density are those of float64 arithmetic at any size", () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (seed, count, d, rows, alpha, points) => {
          const sigma = Math.max(Math.sqrt(1 - alpha ** 2), 0.03);
          const { mixture, x } = randomCase(seed, count, d, rows, alpha, sigma, points);
          check(mixture, x, alpha, sigma);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [130, 63, 5],
    [70, 65, 4],
    [37, 600, 3],
    [150, 1030, 2],
  ])("%i components in %i dimensions, %i rows: blocks and chunks", (count, d, rows) => {
    const { mixture, x } = randomCase(count, count, d, rows, 0.6, 0.8, false);
    check(mixture, x, 0.6, 0.8);
    const points = randomCase(count, count, d, rows, 0.995, 0.1, true);
    check(points.mixture, points.x, 0.995, 0.1);
  });

  test("log-densities stay finite far out, and the nearest point takes all the weight at small sigma", () => {
    const mixture: MixtureCase = {
      dimension: 2,
      means: Float32Array.of(-1, 0, 1, 0, 5, 5),
      logWeights: Float64Array.from([0.2, 0.3, 0.5], Math.log),
      variances: new Float64Array(3),
    };
    const x = Float32Array.of(300, -200, 1.001, 0.002, -1e4, 1e4);
    const { denoised, logDensity } = evaluate(mixture, x, 1, 0.01);
    expect(
      Math.abs(logDensity[0] / (Math.log(0.5) - Math.log(2 * Math.PI * 1e-4) - (295 ** 2 + 205 ** 2) / 2e-4) - 1),
    ).toBeLessThan(1e-6);
    expect([...denoised.slice(0, 6)]).toEqual([5, 5, 1, 0, -1, 0].map((value) => expect.closeTo(value, 5)));
  });

  test("outputs that are not wanted are left out, and the others do not change", () => {
    const { mixture, x } = randomCase(4, 20, 3, 6, 0.7, 0.7, false);
    const all = evaluate(mixture, x, 0.7, 0.7);
    for (const [outputs, name] of [
      ["d", "denoised"],
      ["s", "score"],
      ["l", "logDensity"],
    ] as const) {
      const one = evaluate(mixture, x, 0.7, 0.7, outputs);
      for (const other of ["denoised", "score", "logDensity"] as const) {
        if (other === name) expect(one[other]).toEqual(all[other]);
        else expect([...one[other]].every((value) => value === 77)).toBe(true);
      }
    }
  });

  test("at sigma = 0 the density and score are those of the mixture itself", () => {
    const { mixture, x } = randomCase(5, 9, 2, 7, 1, 0, false);
    check(mixture, x, 1, 0);
  });
});
