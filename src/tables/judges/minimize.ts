import { dot } from "../../data/dot.js";

/** A function and its gradient, which it writes. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Moves that the curvature is estimated from. */
const memory = 10;
const mostMoves = 200;
/** Largest entry of the gradient at which the search ends. */
const flat = 1e-6;
/** Share of the promised decrease that a move must bring (Armijo). */
const decrease = 1e-4;

interface Move {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / <step, change>. */
  readonly curvature: number;
}

/** Where a smooth convex function is least, from `start` on (L-BFGS: Liu, Nocedal, Math. Program. 45, 1989, algorithm 2.1, with steps halved until the function falls). */
export function minimize(objective: Objective, start: Float64Array): Float64Array {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const moves: Move[] = [];
  for (let move = 0; move < mostMoves && gradient.some((entry) => Math.abs(entry) > flat); move++) {
    const direction = descent(gradient, moves);
    const slope = dot(direction, gradient);
    const next = new Float64Array(x.length);
    const at = gradient.slice();
    // The first direction is the gradient itself, which has no natural length.
    let length = moves.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let found = Number.POSITIVE_INFINITY;
    for (; length > 1e-12; length /= 2) {
      for (let i = 0; i < x.length; i++) next[i] = x[i] + length * direction[i];
      found = objective(next, at);
      if (found <= value + decrease * length * slope) break;
    }
    if (!(found < value)) break;
    const step = next.map((entry, i) => entry - x[i]);
    const change = at.map((entry, i) => entry - gradient[i]);
    const product = dot(step, change);
    if (product > 0) moves.push({ step, change, curvature: 1 / product });
    if (moves.length > memory) moves.shift();
    x = next;
    gradient = at;
    value = found;
  }
  return x;
}

/** Minus the estimated inverse Hessian times the gradient, by the two-loop recursion. */
function descent(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const shares = moves.map(() => 0);
  for (let i = moves.length - 1; i >= 0; i--) {
    const { step, change, curvature } = moves[i];
    shares[i] = curvature * dot(step, direction);
    addTimes(direction, change, -shares[i]);
  }
  const last = moves.at(-1);
  if (last) {
    const size = 1 / (last.curvature * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i] *= size;
  }
  moves.forEach(({ step, change, curvature }, i) => {
    addTimes(direction, step, shares[i] - curvature * dot(change, direction));
  });
  return direction;
}

function addTimes(target: Float64Array, term: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * term[i];
}
