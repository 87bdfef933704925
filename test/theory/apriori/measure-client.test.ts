import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { GradientOracle } from "../../../src/theory/apriori/gradient-oracle.js";
import { gradientReport } from "../../../src/theory/apriori/gradient-report.js";
import { lastIterateBound } from "../../../src/theory/apriori/last-iterate.js";
import { measureClient } from "../../../src/theory/apriori/measure-client.js";
import { valuesOf } from "../../../src/theory/apriori/measured-constants.js";
import { RoundFold, type RoundProbe } from "../../../src/theory/apriori/round-fold.js";
import { polyakLojasiewicz } from "../../../src/theory/apriori/score-error.js";
import { trainingRuns } from "../../../src/theory/apriori/training-runs.js";
import type { ReadonlyMatrix } from "../../support/matrix.js";
import { averageInfimum, type Quadratic } from "../../support/quadratics.js";

const times = (A: ReadonlyMatrix, x: ArrayLike<number>) =>
  Float64Array.from(A, (row) => row.reduce((sum, a, j) => sum + a * x[j], 0));

/** Stochastic gradients have the noise of a draw added: +-deviation on every coordinate, alternating, so of mean 0 over two draws. */
function oracleOf({ A, b }: Quadratic, deviation = 0): GradientOracle {
  const exact = (theta: Float64Array) => {
    const gap = theta.map((value, i) => value - b[i]);
    const gradient = times(A, gap);
    return { loss: 0.5 * gap.reduce((sum, value, i) => sum + value * gradient[i], 0), gradient };
  };
  return {
    size: b.length,
    exact,
    sample: (theta, draw) => exact(theta).gradient.map((value) => value + (draw % 2 === 0 ? deviation : -deviation)),
  };
}

const diagonal = (values: readonly number[]) => values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
const settings = { learningRate: 0.1, localSteps: 3, draws: 8, powerIterations: 6 };

describe("measurement of a client", () => {
  const quadratic = { A: diagonal([1, 3, 0.5]), b: [1, -1, 2] };

  it("finds the largest eigenvalue by power iteration, loss and gradient as they are", () => {
    const { loss, gradient, smoothness, round } = measureClient(oracleOf(quadratic), {
      ...settings,
      powerIterations: 20,
      parameters: [2, 1, 0],
      keep: null,
      direction: [1, 1, 1],
    });
    expect(smoothness.hessian).toBeCloseTo(3, 6);
    expect(smoothness.hessian).toBeLessThan(3 + 1e-9);
    expect(loss).toBeCloseTo(0.5 * (1 + 12 + 2), 12);
    expect([...gradient]).toEqual([1, 6, -1]);
    expect(round).toBeNull();
  });

  it("measures what pruning, local steps and noise do to the gradient", () => {
    const keep = Uint8Array.of(1, 0, 1);
    const { smoothness, round } = measureClient(oracleOf(quadratic, 0.25), {
      ...settings,
      parameters: [2, 1, 0],
      keep,
      direction: [1, 0, 0],
    });
    // Only coordinate 1 is pruned: its gradient changes by A_11 * 1, which no kept coordinate feels.
    expect(smoothness.pruned).toBeCloseTo(3, 12);
    expect(round?.pruning.map(Math.abs)).toEqual(new Float64Array(3));
    // Two steps of size 0.1, the noise +0.25 then -0.25.
    const first = (theta: number, a: number, b: number) => theta - 0.1 * (a * (theta - b) + 0.25);
    const second = (theta: number, a: number, b: number) => theta - 0.1 * (a * (theta - b) - 0.25);
    const last = [second(first(2, 1, 1), 1, 1), second(first(0, 0.5, 2), 0.5, 2)];
    expect(round?.drift[0]).toBeCloseTo(last[0] - 2, 12);
    expect(round?.drift[1]).toBeCloseTo(0, 15);
    expect(round?.drift[2]).toBeCloseTo(0.5 * last[1], 12);
    // 8 draws of +-1/4: sample variance 1/16 * 8/7 on kept coordinates, and |gradient|^2 = 1 + 1 besides.
    expect([...(round?.variance ?? [])].map((value) => value * 14)).toEqual(
      [1, 0, 1].map((bit) => expect.closeTo(bit, 12)),
    );
    expect(round?.secondMoment.start).toBeCloseTo(2 + 2 / 16, 12);
    const gradient = [last[0] - 1, 0.5 * (last[1] - 2)];
    expect(round?.secondMoment.last).toBeCloseTo(gradient[0] ** 2 + gradient[1] ** 2 + 2 / 16, 12);
  });

  it.each([1, 1e-3, 1e-6, 1e-12])("measures the smoothness along steps of %d", (size) => {
    const { smoothness } = measureClient(oracleOf(quadratic), {
      ...settings,
      learningRate: size,
      localSteps: 2,
      parameters: [1, 0, size],
      keep: Uint8Array.of(1, 1, 0),
      direction: [1, 0, 0],
    });
    // Pruning moves coordinate 2 by `size`, the first local step coordinate 1 by 3 * size.
    expect(smoothness.pruned).toBeCloseTo(0.5, 6);
    expect(smoothness.local).toBeCloseTo(3, 6);
  });

  it("has no smoothness where nothing moves", () => {
    const { smoothness } = measureClient(oracleOf(quadratic), {
      ...settings,
      parameters: quadratic.b,
      keep: Uint8Array.of(1, 1, 1),
      direction: [1, 0, 0],
    });
    expect(smoothness).toMatchObject({ pruned: null, local: null });
  });

  it.each([
    [{ learningRate: -0.1 }, /^learningRate must be finite and >= 0, got -0\.1$/],
    [{ learningRate: Number.NaN }, /^learningRate must be/],
    [{ localSteps: -1 }, /^localSteps must be an integer in \[0, 4294967295\], got -1$/],
    [{ draws: 1 }, /^draws must be an integer in \[2, 65536\], got 1$/],
    [{ powerIterations: 0 }, /^powerIterations must be an integer in \[1, 65536\], got 0$/],
    [{ direction: [0, 0, 0] }, /^\|direction\| must be finite and > 0, got 0$/],
    [{ direction: [0, Number.NaN, 0] }, /^direction\[1\] must be finite, got NaN$/],
    [{ direction: [1] }, /^direction must have 3 entries, got 1$/],
    [{ keep: Uint8Array.of(1) }, /^keep must have 3 entries, got 1$/],
    [{ parameters: [1] }, /^parameters must have 3 entries, got 1$/],
  ])("refuses %o", (change, message) => {
    const probe = { ...settings, parameters: [2, 1, 0], keep: null, direction: [1, 1, 1] };
    expect(() => measureClient(oracleOf(quadratic), { ...probe, ...change })).toThrow(message);
  });

  it("has a smoothness of at most L on random quadratics, and near it after many iterations", () => {
    const curvatures = fc.array(fc.double({ min: 0.1, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(curvatures, fc.integer({ min: -8, max: 8 }), (values, at) => {
        const { smoothness } = measureClient(oracleOf({ A: diagonal(values), b: values }), {
          ...settings,
          powerIterations: 200,
          parameters: values.map(() => at),
          keep: new Uint8Array(values.length).fill(1),
          direction: values.map((_, i) => 1 + i / 7),
        });
        const largest = Math.max(...values);
        for (const value of Object.values(smoothness)) expect(value ?? 0).toBeLessThan(largest * (1 + 1e-9));
        expect(smoothness.hessian).toBeGreaterThan(0.97 * largest);
      }),
    );
  });
});

/** Found by chance: the steepest local step is shorter than a quotient can be taken over. */
const shortSteps = {
  shape: {
    size: 2,
    clients: 2,
    rounds: 2,
    localSteps: 2,
    smoothness: 3.1145891636863645,
    stepShare: 0.02,
    identical: false,
  },
  factors: [
    [-7, -4],
    [0, 0],
  ],
  curvatures: [
    [0.8187791235658644, 0],
    [0, 0],
  ],
  optima: [
    [2.08, 1.65],
    [0.34, 0],
  ],
  start: [0, 2.75],
  masks: [
    [
      [0, 1],
      [0, 0],
    ],
    [
      [0, 1],
      [1, 1],
    ],
  ],
};

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const cases = fc
  .record({
    size: fc.integer({ min: 1, max: 5 }),
    clients: fc.integer({ min: 1, max: 5 }),
    rounds: fc.integer({ min: 1, max: 12 }),
    localSteps: fc.integer({ min: 1, max: 6 }),
    smoothness: fc.double({ min: 0.2, max: 5, noNaN: true }),
    stepShare: fc.double({ min: 0.02, max: 0.99, noNaN: true }),
    identical: fc.boolean(),
  })
  .chain((shape) => {
    const vector = (entry: fc.Arbitrary<number>) => fc.array(entry, { minLength: shape.size, maxLength: shape.size });
    const perClient = <T>(entry: fc.Arbitrary<T>) =>
      fc.array(entry, { minLength: shape.clients, maxLength: shape.clients });
    const signed = fc.integer({ min: -300, max: 300 }).map((value) => value / 100);
    return fc.record({
      shape: fc.constant(shape),
      factors: perClient(vector(fc.integer({ min: -10, max: 10 }))),
      curvatures: perClient(vector(unit)),
      optima: perClient(vector(signed)),
      start: vector(signed),
      masks: fc.array(perClient(vector(fc.integer({ min: 0, max: 1 }))), {
        minLength: shape.rounds,
        maxLength: shape.rounds,
      }),
    });
  });

/** I - 2 u u' / |u|^2 on both sides: a rotated diagonal. */
function reflected(eigenvalues: readonly number[], u: readonly number[]): number[][] {
  const square = u.reduce((sum, value) => sum + value * value, 0) || 1;
  const H = u.map((a, i) => u.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / square));
  return H.map((row) => H.map((other) => row.reduce((sum, value, k) => sum + value * eigenvalues[k] * other[k], 0)));
}

describe("gradient bound with measured constants", () => {
  let lastNetworks = 0;
  afterAll(() => expect(lastNetworks).toBeGreaterThan(100));

  it("holds on 500 random families of quadratics with random arbitrary masks, also of the last network, L and mu among the measured", () => {
    fc.assert(
      fc.property(cases, ({ shape, factors, curvatures, optima, start, masks }) => {
        fc.pre(masks.every((round) => round.flat().some((bit) => bit === 1)));
        const of = (n: number) => (shape.identical ? 0 : n);
        const clients: Quadratic[] = optima.map((_, n) => ({
          A: reflected(
            curvatures[of(n)].map((share) => shape.smoothness * (0.02 + 0.98 * share)),
            factors[of(n)],
          ),
          b: optima[of(n)],
        }));
        const learningRate = (0.5 * shape.stepShare) / (shape.localSteps * shape.smoothness);
        const oracles = clients.map((client) => oracleOf(client));
        let theta = Float64Array.from(start);
        const probes: RoundProbe[] = [];
        const facts = { coverageMin: shape.clients, pruningNoise: 0, parameterNorm: 0 };
        masks.forEach((round, q) => {
          const coverage = start.map((_, i) => round.reduce((sum, mask) => sum + mask[i], 0));
          const fold = new RoundFold(shape.size, coverage);
          const sum = new Float64Array(shape.size);
          const norm = theta.reduce((total, value) => total + value * value, 0);
          facts.parameterNorm += norm / masks.length;
          facts.coverageMin = Math.min(facts.coverageMin, ...coverage.filter((count) => count > 0));
          round.forEach((mask, n) => {
            const keep = Uint8Array.from(mask);
            const direction = theta.map((_, i) => 1 + i / 3);
            const { localSteps } = shape;
            const probe = { ...settings, draws: 2, learningRate, localSteps, parameters: theta, keep, direction };
            fold.add(measureClient(oracles[n], probe), keep);
            const lost = theta.reduce((total, value, i) => total + (1 - keep[i]) * value * value, 0);
            if (norm > 0) facts.pruningNoise = Math.max(facts.pruningNoise, lost / norm);
            let local = theta.map((value, i) => value * keep[i]);
            for (let step = 0; step < shape.localSteps; step++) {
              const { gradient } = oracles[n].exact(local);
              local = local.map((value, i) => value - learningRate * keep[i] * gradient[i]);
            }
            for (let i = 0; i < sum.length; i++) sum[i] += keep[i] * local[i];
          });
          probes.push(fold.finish(q, theta, null));
          theta = theta.map((value, i) => (coverage[i] > 0 ? sum[i] / coverage[i] : value));
        });
        // The infimum of the losses as they are computed, which at the optimum differ from the closed form by rounding.
        const value = Math.min(averageInfimum(clients), ...probes.map(({ loss }) => loss));
        const infimum = { value, how: "closed form" };
        const runFacts = {
          ...facts,
          learningRate,
          localSteps: shape.localSteps,
          rounds: masks.length,
          participants: clients.length,
          infimum,
        };
        const report = gradientReport(probes, runFacts, {
          optimizer: "sgd",
          server: "fedavg",
          neverCovered: 0,
          objective: "an average of quadratics",
        });
        expect(report.value).not.toBeNull();
        expect(report.measured).toBeLessThanOrEqual((report.value ?? 0) * (1 + 1e-9) + 1e-12);
        expect(report.value).toBeLessThanOrEqual((report.largest ?? 0) * (1 + 1e-9));
        for (const name of ["pruning", "drift"] as const) {
          const { measured, value } = report.terms[name];
          expect(measured ?? 0).toBeLessThanOrEqual((value ?? 0) * (1 + 1e-6) + 1e-12);
        }
        const end = oracles
          .map((oracle) => oracle.exact(theta).loss)
          .reduce((sum, loss) => sum + loss / clients.length, 0);
        const losses = probes.map(({ loss, gradientSquared }) => ({ loss, squaredGradient: gradientSquared }));
        const mu = polyakLojasiewicz(losses);
        if (!(learningRate * shape.localSteps * mu <= 1 && mu > 0)) return;
        lastNetworks++;
        const best = Math.min(...losses.map(({ loss }) => loss));
        const { eachRound } = trainingRuns(probes, runFacts, valuesOf(report.constants));
        const excess = lastIterateBound({ ...eachRound, infimum: best }, mu).total;
        expect(end - best).toBeLessThanOrEqual(excess * (1 + 1e-9) + 1e-12);
      }),
      { numRuns: 500, examples: [[shortSteps]] },
    );
  });
});
