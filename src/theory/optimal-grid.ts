import { mostSteps } from "../diffusion/grids/range.js";
import { ArgumentError, requireFunction, requireInteger, requireList } from "../errors.js";
import { type MmseCurve, requireCurve } from "./mmse-curve.js";

/** Discretization term of one step between two points of a curve, by their indices, nats. */
export type StepCost = (curve: MmseCurve, from: number, to: number) => number;

/** Of the ancestral sampler: 1/2 D m - 1/2 integral of mmse, m at the step's start and D the rise of snr. */
export const ancestralStepCost: StepCost = (curve, from, to) =>
  0.5 * (riseOf(curve, from, to) * (curve.mmse[from] as number) - gainOf(curve, from, to));

/** Of the sampler `analytic` in d dimensions, each step with its own best noise: 1/2 d log(1 + D m / d) - 1/2 integral of mmse. */
export function analyticStepCost(dimension: number): StepCost {
  requireInteger("dimension", dimension, 1);
  return (curve, from, to) => {
    const lambda = (riseOf(curve, from, to) * (curve.mmse[from] as number)) / dimension;
    return 0.5 * (dimension * Math.log1p(lambda) - gainOf(curve, from, to));
  };
}

/**
 * Of the sampler `analytic-diagonal`, each step with the best noise of each coordinate: 1/2 sum_j log(1 + D m_j) - 1/2 integral of mmse, m_j the
 * coordinates of the curve.
 */
export const diagonalStepCost: StepCost = (curve, from, to) => {
  const { coordinates } = curve;
  if (coordinates === undefined) throw new ArgumentError("curve.coordinates", "must be given", coordinates);
  const rise = riseOf(curve, from, to);
  // One logarithm for many coordinates: their product stays far below the largest float64.
  let [sum, product] = [0, 1];
  for (const mmse of coordinates) {
    product *= 1 + rise * mmse[from];
    if (product < 1e100) continue;
    sum += Math.log(product);
    product = 1;
  }
  return 0.5 * (sum + Math.log(product) - gainOf(curve, from, to));
};

/** Discretization term on the steps between the chosen points of a curve, nats. Default: of the ancestral certificate. */
export function discretizationOf(
  curve: MmseCurve,
  points: ArrayLike<number>,
  cost: StepCost = ancestralStepCost,
): number {
  requireFunction("cost", cost);
  requireCurve(curve);
  requireList("points", points);
  for (let k = 0; k < points.length; k++) requireInteger(`points[${k}]`, points[k], 0, curve.snr.length - 1);
  let total = 0;
  for (let k = 0; k + 1 < points.length; k++) total += cost(curve, points[k] as number, points[k + 1] as number);
  return total;
}

/**
 * Indices into `curve` of the `steps` + 1 grid points, from the first to the last, that minimize the discretization term:
 * an exact dynamic program over the curve's points. Where the step cost satisfies the quadrangle inequality, the best predecessors are monotone
 * and divide and conquer finds each layer in O(M log M): docs/theory.md, 2f, 2h and 2k. Of a sampled curve only `ancestralStepCost` is sure to.
 * @param cost Default: of the ancestral certificate.
 */
export function optimalGridIndices(curve: MmseCurve, steps: number, cost: StepCost = ancestralStepCost): Uint32Array {
  requireCurve(curve);
  requireFunction("cost", cost);
  const last = curve.snr.length - 1;
  requireInteger("steps", steps, 1, last);
  const program = { curve, cost };
  let least = new Float64Array(last + 1).fill(Number.POSITIVE_INFINITY);
  least[0] = 0;
  const predecessors: Uint32Array[] = [];
  for (let step = 1; step <= steps; step++) {
    const next = new Float64Array(last + 1).fill(Number.POSITIVE_INFINITY);
    const chosen = new Uint32Array(last + 1);
    fillLayer(program, { least, next, chosen }, step, last, step - 1, last - 1);
    predecessors.push(chosen);
    least = next;
  }
  const path = new Uint32Array(steps + 1);
  path[steps] = last;
  for (let step = steps; step > 0; step--) path[step - 1] = predecessors[step - 1]?.[path[step] as number] as number;
  return path;
}

/**
 * The rule that the dynamic program tends to for many steps: points at equal shares of the integral of sqrt(-d mmse / d snr) d(snr).
 * Returns snr at steps + 1 points, interpolated on the curve.
 */
export function asymptoticGridSnr(curve: MmseCurve, steps: number): Float64Array {
  requireCurve(curve);
  requireInteger("steps", steps, 1, mostSteps);
  const { snr, mmse } = curve;
  const length = new Float64Array(snr.length);
  for (let i = 1; i < snr.length; i++) {
    const width = (snr[i] as number) - (snr[i - 1] as number);
    const drop = (mmse[i - 1] as number) - (mmse[i] as number);
    length[i] = (length[i - 1] as number) + Math.sqrt(Math.max(drop, 0) * width);
  }
  const total = length.at(-1) as number;
  if (!(total > 0)) throw new ArgumentError("curve", "must fall somewhere: a constant mmse needs no grid", total);
  const grid = new Float64Array(steps + 1);
  let at = 1;
  for (let k = 0; k <= steps; k++) {
    const want = (total * k) / steps;
    while (at < snr.length - 1 && (length[at] as number) < want) at++;
    const [a, b] = [length[at - 1] as number, length[at] as number];
    const share = b > a ? Math.min((want - a) / (b - a), 1) : 0;
    grid[k] = (snr[at - 1] as number) * ((snr[at] as number) / (snr[at - 1] as number)) ** share;
  }
  return grid;
}

function riseOf({ snr }: MmseCurve, from: number, to: number): number {
  return (snr[to] as number) - (snr[from] as number);
}

function gainOf({ integral }: MmseCurve, from: number, to: number): number {
  return (integral[to] as number) - (integral[from] as number);
}

/** What a step costs, and on which curve. */
interface Program {
  readonly curve: MmseCurve;
  readonly cost: StepCost;
}

/** Least costs with so many steps, with one more, and from which point the last one comes. */
interface Layer {
  readonly least: Float64Array;
  readonly next: Float64Array;
  readonly chosen: Uint32Array;
}

/** Best cost of reaching each point of [low, high] in one more step, its predecessor searched in [firstFrom, lastFrom]. */
function fillLayer(
  program: Program,
  layer: Layer,
  low: number,
  high: number,
  firstFrom: number,
  lastFrom: number,
): void {
  if (low > high) return;
  const { least, next, chosen } = layer;
  const middle = (low + high) >> 1;
  let best = firstFrom;
  for (let from = firstFrom; from <= Math.min(middle - 1, lastFrom); from++) {
    const candidate = (least[from] as number) + program.cost(program.curve, from, middle);
    if (candidate < (next[middle] as number)) {
      next[middle] = candidate;
      best = from;
    }
  }
  chosen[middle] = best;
  fillLayer(program, layer, low, middle - 1, firstFrom, best);
  fillLayer(program, layer, middle + 1, high, best, lastFrom);
}
