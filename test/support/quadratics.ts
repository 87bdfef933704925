import { multiply, type ReadonlyMatrix, transpose } from "./matrix.js";

/**
 * Distributed SGD with masks on quadratics F_n = (theta - b_n)' A_n (theta - b_n) / 2, without sampling: gradients have isotropic Gaussian
 * noise on kept coordinates, all maps are affine, so mean and covariance of theta_q follow exactly.
 */
export interface Quadratic {
  readonly A: ReadonlyMatrix;
  readonly b: readonly number[];
}

export interface QuadraticRun {
  readonly clients: readonly Quadratic[];
  readonly start: readonly number[];
  readonly learningRate: number;
  readonly localSteps: number;
  /** masks[q][n][i] is 0 or 1. */
  readonly masks: readonly (readonly (readonly number[])[])[];
  /** Total variance of a stochastic gradient, spread evenly over all coordinates. */
  readonly gradientVariance: number;
}

/** What the inequality of the theory speaks of, computed exactly along the run. */
export interface QuadraticFacts {
  /** mean_q E|grad F(theta_q)|^2. */
  readonly meanSquaredGradient: number;
  readonly coverageMin: number;
  readonly gradientSecondMoment: number;
  readonly pruningNoise: number;
  readonly parameterNorm: number;
  readonly heterogeneity: number;
  readonly uncovered: number;
  readonly initialLoss: number;
  /** E F(theta_Q) - F*. */
  readonly finalExcess: number;
  /** Largest of the rounds. */
  readonly inverseCoverage: number;
  readonly inverseCoverageSquared: number;
  readonly prunedInverseCoverage: number;
  readonly perRound: readonly QuadraticRound[];
}

/** The same of one round, without the constants L, eta and T. */
export interface QuadraticRound {
  /** sum_n sigma_n^2 / Gamma_n^2. */
  readonly variance: number;
  /** sum over the clients that prune of E|theta - theta m_n|^2 / Gamma_n. */
  readonly lost: number;
  /** sum_n G_n^2 / Gamma_n. */
  readonly moved: number;
  readonly heterogeneity: number;
  readonly uncovered: number;
}

interface Law {
  readonly mean: number[];
  readonly covariance: number[][];
}

const times = (A: ReadonlyMatrix, x: readonly number[]) => A.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
const trace = (A: ReadonlyMatrix) => A.reduce((sum, row, i) => sum + row[i], 0);
const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, a, i) => sum + a * y[i], 0);
const conjugate = (M: ReadonlyMatrix, C: ReadonlyMatrix) => multiply(multiply(M, C), transpose(M));
const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

/** E|M theta + c|^2. */
const expectedSquare = (M: ReadonlyMatrix, c: readonly number[], law: Law) => {
  const mean = times(M, law.mean).map((value, i) => value + c[i]);
  return dot(mean, mean) + trace(conjugate(M, law.covariance));
};

/** The average quadratic's gradient is A theta - g. */
function averageGradient(clients: readonly Quadratic[]): { A: number[][]; g: number[] } {
  const size = clients[0].b.length;
  const A = identity(size).map((row, i) =>
    row.map((_, j) => clients.reduce((sum, client) => sum + client.A[i][j], 0) / clients.length),
  );
  const g = Array.from(
    { length: size },
    (_, i) => clients.reduce((sum, client) => sum + times(client.A, client.b)[i], 0) / clients.length,
  );
  return { A, g };
}

export function runQuadratics(run: QuadraticRun): QuadraticFacts {
  const { clients, learningRate: eta, localSteps, gradientVariance } = run;
  const size = run.start.length;
  const coordinateVariance = gradientVariance / size;
  const F = averageGradient(clients);
  const minusG = F.g.map((value) => -value);
  let law: Law = { mean: [...run.start], covariance: identity(size).map((row) => row.map(() => 0)) };
  const facts = {
    meanSquaredGradient: 0,
    coverageMin: Number.POSITIVE_INFINITY,
    gradientSecondMoment: 0,
    pruningNoise: 0,
    parameterNorm: 0,
    heterogeneity: 0,
    uncovered: 0,
    inverseCoverage: 0,
    inverseCoverageSquared: 0,
    prunedInverseCoverage: 0,
  };
  const perRound: QuadraticRound[] = [];
  const rounds = run.masks.length;
  for (const masks of run.masks) {
    const coverage = run.start.map((_, i) => masks.reduce((sum, mask) => sum + mask[i], 0));
    const norm = expectedSquare(
      identity(size),
      run.start.map(() => 0),
      law,
    );
    facts.meanSquaredGradient += expectedSquare(F.A, minusG, law) / rounds;
    facts.parameterNorm += norm / rounds;
    facts.coverageMin = Math.min(facts.coverageMin, ...coverage.filter((count) => count > 0));

    const total = {
      map: identity(size).map((row, i) => row.map((value) => (coverage[i] === 0 ? value : 0))),
      shift: run.start.map(() => 0),
      noise: identity(size).map((row) => row.map(() => 0)),
    };
    const sums = { variance: 0, lost: 0, moved: 0, all: 0, squared: 0, pruned: 0 };
    const gap = { map: F.A.map((row) => [...row]), shift: [...minusG] };
    masks.forEach((mask, n) => {
      const { A, b } = clients[n];
      const kept = identity(size).map((row, i) => row.map((value) => value * mask[i]));
      const pruned = identity(size).map((row, i) => row.map((value) => value * (1 - mask[i])));
      const lost = expectedSquare(
        pruned,
        run.start.map(() => 0),
        law,
      );
      if (norm > 0) facts.pruningNoise = Math.max(facts.pruningNoise, lost / norm);
      const gamma = coverage.reduce((least, count, i) => (mask[i] === 1 ? Math.min(least, count) : least), Infinity);
      const noiseOfClient = coordinateVariance * mask.reduce((sum, bit) => sum + bit, 0);
      sums.all += 1 / gamma;
      sums.squared += 1 / gamma ** 2;
      sums.pruned += mask.includes(0) ? 1 / gamma : 0;
      sums.variance += noiseOfClient / gamma ** 2;
      sums.lost += lost / gamma;
      let largestMoment = 0;
      const pull = times(A, b);
      // theta_{t+1} = theta_t - eta m (A theta_t - A b + noise)
      const step = identity(size).map((row, i) => row.map((value, j) => value - eta * mask[i] * A[i][j]));
      let map: number[][] = kept;
      let shift = run.start.map(() => 0);
      let noise: number[][] = identity(size).map((row) => row.map(() => 0));
      for (let t = 0; t < localSteps; t++) {
        const gradientMap = multiply(kept, multiply(A, map));
        const gradientShift = times(
          kept,
          times(A, shift).map((value, i) => value - pull[i]),
        );
        const secondMoment =
          expectedSquare(gradientMap, gradientShift, law) + trace(conjugate(multiply(kept, A), noise)) + noiseOfClient;
        largestMoment = Math.max(largestMoment, secondMoment);
        facts.gradientSecondMoment = Math.max(facts.gradientSecondMoment, secondMoment);
        map = multiply(step, map);
        shift = times(step, shift).map((value, i) => value + eta * mask[i] * pull[i]);
        noise = conjugate(step, noise).map((row, i) =>
          row.map((value, j) => value + (i === j ? eta * eta * mask[i] * coordinateVariance : 0)),
        );
      }
      sums.moved += largestMoment / gamma;
      for (let i = 0; i < size; i++) {
        if (mask[i] === 0) continue;
        total.shift[i] += shift[i] / coverage[i];
        gap.shift[i] += pull[i] / coverage[i];
        for (let j = 0; j < size; j++) {
          total.map[i][j] += map[i][j] / coverage[i];
          gap.map[i][j] -= A[i][j] / coverage[i];
          if (mask[j] === 1) total.noise[i][j] += noise[i][j] / (coverage[i] * coverage[j]);
        }
      }
    });
    const covered = coverage.map((count) => (count > 0 ? 1 : 0));
    const restrict = (M: ReadonlyMatrix, bits: readonly number[]) =>
      M.map((row, i) => row.map((value) => value * bits[i]));
    const restrictVector = (x: readonly number[], bits: readonly number[]) => x.map((value, i) => value * bits[i]);
    const heterogeneity = expectedSquare(restrict(gap.map, covered), restrictVector(gap.shift, covered), law);
    facts.heterogeneity = Math.max(facts.heterogeneity, heterogeneity);
    const missing = covered.map((bit) => 1 - bit);
    const uncovered = expectedSquare(restrict(F.A, missing), restrictVector(minusG, missing), law);
    facts.uncovered += uncovered / rounds;
    facts.inverseCoverage = Math.max(facts.inverseCoverage, sums.all);
    facts.inverseCoverageSquared = Math.max(facts.inverseCoverageSquared, sums.squared);
    facts.prunedInverseCoverage = Math.max(facts.prunedInverseCoverage, sums.pruned);
    const { variance, lost, moved } = sums;
    perRound.push({ variance, lost, moved, heterogeneity, uncovered });

    law = {
      mean: times(total.map, law.mean).map((value, i) => value + total.shift[i]),
      covariance: conjugate(total.map, law.covariance).map((row, i) =>
        row.map((value, j) => value + total.noise[i][j]),
      ),
    };
  }
  // E (theta - theta*)' A (theta - theta*) / 2.
  const optimum = optimumOf(F);
  const away = law.mean.map((value, i) => value - optimum[i]);
  const finalExcess = 0.5 * (dot(away, times(F.A, away)) + trace(multiply(F.A, law.covariance)));
  return { ...facts, initialLoss: averageLoss(clients, run.start), finalExcess, perRound };
}

export function averageLoss(clients: readonly Quadratic[], theta: readonly number[]): number {
  const losses = clients.map(({ A, b }) => {
    const gap = theta.map((value, i) => value - b[i]);
    return 0.5 * dot(gap, times(A, gap));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Infimum of the average quadratic. */
export function averageInfimum(clients: readonly Quadratic[]): number {
  return averageLoss(clients, optimumOf(averageGradient(clients)));
}

/** F(theta) - F* = (theta - theta*)' A (theta - theta*) / 2: no difference of two losses, of which little would be left near the optimum. */
export function averageExcess(clients: readonly Quadratic[], theta: readonly number[]): number {
  const average = averageGradient(clients);
  const optimum = optimumOf(average);
  const gap = theta.map((value, i) => value - optimum[i]);
  return 0.5 * dot(gap, times(average.A, gap));
}

/** The solution of A theta = g, by Gaussian elimination. */
function optimumOf({ A, g }: { readonly A: ReadonlyMatrix; readonly g: readonly number[] }): number[] {
  const rows = A.map((row, i) => [...row, g[i]]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      rows[k] = rows[k].map((value, j) => value - factor * rows[i][j]);
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}
