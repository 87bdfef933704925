import { FedscoreError, requireNumber } from "../errors.js";

/** Writes dy/ds at (s, y), float64 [n] each; y is left as it is. */
export type Derivative = (s: number, y: Float64Array, out: Float64Array) => void;

/** What the error of a step may be: absolute + relative |y|, in the root mean square over coordinates. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** How an integration went. */
export interface Integration {
  readonly steps: number;
  readonly rejected: number;
  /** Evaluations of the derivative. */
  readonly evaluations: number;
}

/** Times of the stages; the last is that of the next step's first. */
const nodes = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1] as const;
const rows: readonly (readonly number[])[] = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** The fifth order less the fourth. */
const errorWeights = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;

/** A step and what it needs: stages k, float64 [7][n], of which the first is set; the new point is in `next`. Shorter points than n use the first of them. */
export class DormandPrinceStep {
  readonly next: Float64Array;
  /** The derivative where the step starts, and after `try` where it ends. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly #stages: readonly Float64Array[];

  constructor(dimension: number) {
    this.#stages = nodes.map(() => new Float64Array(dimension));
    [this.first, , , , , , this.last] = this.#stages;
    this.next = new Float64Array(dimension);
  }

  /** The derivative where the next step starts: one evaluation. */
  begin(derivative: Derivative, s: number, y: Float64Array): void {
    derivative(s, y, this.first);
  }

  /** The step before was taken: its last stage is the first of the next one. */
  advance(): void {
    this.first.set(this.last);
  }

  /** Writes the point at s + h: six evaluations. */
  try(derivative: Derivative, s: number, y: Float64Array, h: number): void {
    for (let stage = 1; stage < nodes.length; stage++) {
      const row = rows[stage];
      for (let i = 0; i < y.length; i++) {
        let sum = 0;
        for (let j = 0; j < row.length; j++) sum += row[j] * this.#stages[j][i];
        this.next[i] = y[i] + h * sum;
      }
      derivative(s + nodes[stage] * h, this.next, this.#stages[stage]);
    }
  }

  /** Root mean square of the step's error over what is tolerated, in coordinates [begin, end). */
  error(y: Float64Array, h: number, { relative, absolute }: Tolerance, begin = 0, end = y.length): number {
    let sum = 0;
    for (let i = begin; i < end; i++) {
      let error = 0;
      for (let j = 0; j < errorWeights.length; j++) error += errorWeights[j] * this.#stages[j][i];
      sum += ((h * error) / (absolute + relative * Math.max(Math.abs(y[i]), Math.abs(this.next[i])))) ** 2;
    }
    return Math.sqrt(sum / (end - begin));
  }
}

/** Exponents of the control by the errors of this step and of the last accepted one. */
const [integral, proportional] = [0.2 - 0.75 * 0.04, 0.04];
/** A step aims at this share of the tolerance, and is at most so much shorter or longer than the one before. */
const [safety, shortest, longest] = [0.9, 0.2, 10];
/** Part of the whole way that the first step tries, and below which no step is tried. */
const [firstShare, leastShare] = [0.01, 1e-10];

/**
 * y(to) of dy/ds = f(s, y), in place: the pair of Dormand and Prince (1980) of orders 5 and 4, which goes on from the fifth, with the PI control of Hairer, Norsett
 * and Wanner, Solving Ordinary Differential Equations I, II.4 (DOPRI5).
 * @throws FedscoreError FEDSCORE_NON_FINITE where no step, however short, keeps the error, as where the derivative is not finite.
 */
export function integrate(
  derivative: Derivative,
  y: Float64Array,
  [from, to]: readonly [number, number],
  tolerance: Tolerance,
): Integration {
  requireNumber("tolerance.relative", tolerance.relative, "must be > 0", (value) => value > 0);
  requireNumber("tolerance.absolute", tolerance.absolute, "must be > 0", (value) => value > 0);
  const step = new DormandPrinceStep(y.length);
  const way = to - from;
  let [s, h, lastError] = [from, way * firstShare, 1e-4];
  let [steps, rejected] = [0, 0];
  step.begin(derivative, s, y);
  while (s !== to) {
    const isLast = Math.abs(to - s) <= Math.abs(h) * (1 + 1e-12);
    if (isLast) h = to - s;
    step.try(derivative, s, y, h);
    const error = step.error(y, h, tolerance);
    if (error <= 1) {
      y.set(step.next);
      step.advance();
      s = isLast ? to : s + h;
      steps++;
      h *= Math.min(longest, Math.max(shortest, (safety * lastError ** proportional) / error ** integral));
      lastError = Math.max(error, 1e-4);
      continue;
    }
    rejected++;
    h *= Number.isFinite(error) ? Math.max(shortest, safety / error ** integral) : shortest;
    if (Math.abs(h) < leastShare * Math.abs(way)) {
      throw new FedscoreError(
        "FEDSCORE_NON_FINITE",
        `no step from s = ${s} keeps the error of the flow within its tolerance`,
        { s },
      );
    }
  }
  return { steps, rejected, evaluations: 1 + 6 * (steps + rejected) };
}
