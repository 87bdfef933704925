import { firstNonFinite } from "../data/finite.js";
import { FedscoreError } from "../errors.js";
import { inPieces } from "../pieces.js";
import { averageInPlace } from "../pruning/average.js";
import type { AverageRule } from "./averages/average.js";
import { averageWith, emptyAverage, type MovingAverage } from "./moving-average.js";
import type { ServerOptimizer } from "./server-optimizers/index.js";

/** All that the server carries from round to round. Never changed in place: a round that fails leaves it as it was. */
export interface ServerState {
  /** Rounds done. */
  readonly round: number;
  /** float32 [P]. */
  readonly parameters: Float32Array;
  /** float32 [P]: the last averaged update; absent before the first round. */
  readonly update?: Float32Array;
  /** float64 [vectors of the server optimizer, P]. */
  readonly optimizer: readonly Float64Array[];
  /** Of the parameters, where the run keeps one. */
  readonly average?: MovingAverage;
}

/** How the server moves: its optimizer, and its moving average where it keeps one. */
export interface ServerRule {
  readonly optimizer: ServerOptimizer;
  readonly ema: AverageRule | undefined;
}

/** The weighted updates of a round's clients, summed. The server's step makes its mean of the sum, in place. */
export interface RoundTotal {
  /** float64 [P]: sum of weight * update over the clients that kept the parameter; their mean, or what a rule has made of them, with `isMean`. */
  readonly sum: Float64Array;
  /** float64 [P]: sum of the weights of those clients; 0 where there are none. */
  readonly weights: Float64Array;
  /** Whether there is nothing left to divide: all of it is finite. Default: false. */
  readonly isMean?: boolean;
}

export function startState(parameters: Float32Array, { optimizer, ema }: ServerRule): ServerState {
  return {
    round: 0,
    parameters,
    optimizer: optimizer.initialState.map((value) => new Float64Array(parameters.length).fill(value)),
    ...(ema !== undefined && { average: emptyAverage(parameters.length) }),
  };
}

/** What a round makes of the server. */
export interface ServerMove {
  readonly state: ServerState;
  /** |change of the parameters|. */
  readonly norm: number;
}

/**
 * The state after a round: the clients' mean update through the server optimizer; uncovered parameters keep their bits.
 * @param retired a state that nobody reads any more, whose vectors become the new one's: fresh memory of this size costs more than the
 * arithmetic on it.
 */
export function stateAfter(
  state: ServerState,
  { optimizer, ema }: ServerRule,
  { sum, weights, isMean = false }: RoundTotal,
  retired?: ServerState,
): ServerMove {
  const { round, average } = state;
  const parameters = copied(state.parameters, retired?.parameters);
  const vectors = state.optimizer.map((vector, index) => copied(vector, retired?.optimizer[index]));
  const update = retired?.update ?? new Float32Array(sum.length);
  if (isMean) update.set(sum);
  else if (!averageInPlace(sum, weights, update)) throw notFinite(round, sum);
  optimizer.step({ parameters, update: sum, weights, state: vectors });
  const norm = distance(parameters, state.parameters);
  // The squares of float32 are far from the end of float64, so it is finite where the parameters are.
  if (!Number.isFinite(norm)) {
    const message = `round ${round}: the server's step made its parameters infinite or NaN`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round });
  }
  return {
    norm,
    state: {
      round: round + 1,
      parameters,
      update,
      optimizer: vectors,
      ...(average &&
        ema !== undefined && {
          average: averageWith(average, parameters, ema.decay(round), copied(average.values, retired?.average?.values)),
        }),
    },
  };
}

function notFinite(round: number, mean: Float64Array): FedscoreError {
  const parameter = firstNonFinite(mean);
  const message = `round ${round}: the updates average to ${mean[parameter]} at parameter ${parameter}, though no client reports NaN or Infinity`;
  return new FedscoreError("FEDSCORE_WORKER", message, { round, parameter });
}

/** The values in another vector of the same length. Default: a new one. */
function copied<Vector extends Float32Array | Float64Array>(values: Vector, target: Vector | undefined): Vector {
  if (!target) return values.slice() as Vector;
  target.set(values);
  return target;
}

/** Of vectors of equal length. Two sums, because each addition waits for the one before. */
function distance(a: Float32Array, b: Float32Array): number {
  const sums = new Float64Array(2);
  inPieces(a.length, addSquares, a, b, sums);
  const last = a.length % 2 === 0 ? 0 : a[a.length - 1] - b[b.length - 1];
  return Math.sqrt(sums[0] + sums[1] + last * last);
}

function addSquares(start: number, end: number, a: Float32Array, b: Float32Array, sums: Float64Array): void {
  let even = sums[0];
  let odd = sums[1];
  for (let i = start + 1; i < end; i += 2) {
    const first = a[i - 1] - b[i - 1];
    const second = a[i] - b[i];
    even += first * first;
    odd += second * second;
  }
  sums[0] = even;
  sums[1] = odd;
}
