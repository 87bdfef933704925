import { FedscoreError, throwIfAborted } from "../errors.js";
import { atFloat32, type Pointer } from "../kernels/index.js";
import { type Derivative, DormandPrinceStep, type Tolerance } from "./dormand-prince.js";
import { flowSlope, levelOnFlow } from "./probability-flow.js";
import type { FlowMove, FlowRoom } from "./sampler.js";

/** Longest step in log snr: the denoised point of a narrow law turns from mean to state within about 4, and no stage may miss that. */
const longest = 2;
/** Shortest step that is tried, as a share of the move. */
const leastShare = 2 ** -33;
/** A step aims at 0.9 of the tolerance, and its error grows with its fifth power. Up to the first error twice the step keeps it; half of it up to the second, a quarter up to the third. */
const [doubled, halved, quartered] = [(0.9 / 2) ** 5, (0.9 * 2) ** 5, (0.9 * 4) ** 5];

/**
 * The probability flow of many rows at once, each with steps of its own: halvings of the move, as long as the row's error allows. Rows at the same place
 * with the same step go through the denoiser together, and no row's way depends on which these are. In float64 but for the denoiser.
 */
export class AdaptiveFlow {
  readonly #room: FlowRoom;
  readonly #tolerance: Tolerance;
  readonly #step: DormandPrinceStep;
  /** float32 [rows, d]: what the denoiser is asked, and its answer. */
  readonly #point: Pointer;
  readonly #answer: Pointer;
  /** float64 [rows, d]: states of all rows, their slopes, and the states of those that step. */
  readonly #states: Float64Array;
  readonly #slopes: Float64Array;
  readonly #stepping: Float64Array;
  /** Of each row: the share of the move that is done, and that of its next step, a power of two. */
  readonly #done: Float64Array;
  readonly #share: Float64Array;

  /** Inside of an arena scope. */
  constructor(room: FlowRoom, tolerance: Tolerance) {
    const { engine, rows, dimension } = room;
    const size = rows * dimension;
    this.#room = room;
    this.#tolerance = tolerance;
    this.#step = new DormandPrinceStep(size);
    this.#point = engine.arena.floats(size).pointer;
    this.#answer = engine.arena.floats(size).pointer;
    [this.#states, this.#slopes, this.#stepping] = [0, 1, 2].map(() => new Float64Array(size));
    [this.#done, this.#share] = [0, 1].map(() => new Float64Array(rows));
  }

  /** @throws FedscoreError FEDSCORE_NON_FINITE naming the sample, where no step keeps the tolerance; FEDSCORE_ABORTED. */
  move(move: FlowMove): void {
    const { rows, x } = move;
    const length = rows * this.#room.dimension;
    const share = longestShare(move);
    this.#states.set(this.#view(x, length));
    this.#done.fill(0, 0, rows);
    this.#share.fill(share, 0, rows);
    const all = Array.from({ length: rows }, (_, row) => row);
    this.#derivative(move, all)(0, this.#states.subarray(0, length), this.#slopes);
    for (let group = this.#nextOf(all); group.length > 0; group = this.#nextOf(all)) {
      throwIfAborted(this.#room.signal);
      this.#advance(move, group, share);
    }
    this.#view(x, length).set(this.#states.subarray(0, length));
  }

  /** Those who are farthest from the end and have the same step to make; none where all are there. */
  #nextOf(rows: readonly number[]): number[] {
    const [done, share] = [this.#done, this.#share];
    const last = rows.reduce((least, row) => (done[row] < done[least] ? row : least));
    return done[last] === 1 ? [] : rows.filter((row) => done[row] === done[last] && share[row] === share[last]);
  }

  /** A step of rows that make the same one. */
  #advance(move: FlowMove, group: readonly number[], most: number): void {
    const { dimension: d } = this.#room;
    const [step, [first]] = [this.#step, group];
    const share = this.#share[first];
    group.forEach((row, at) => {
      this.#stepping.set(rowOf(this.#states, row, d), at * d);
      step.first.set(rowOf(this.#slopes, row, d), at * d);
    });
    const y = this.#stepping.subarray(0, group.length * d);
    step.try(this.#derivative(move, group), this.#done[first], y, share);
    const [answers, denoised] = [this.#view(this.#answer, y.length), this.#view(move.denoised, move.rows * d)];
    group.forEach((row, at) => {
      const error = step.error(y, share, this.#tolerance, at * d, (at + 1) * d);
      if (!(error <= 1)) {
        this.#shorten(move, row, error);
        return;
      }
      this.#states.set(rowOf(step.next, at, d), row * d);
      this.#slopes.set(rowOf(step.last, at, d), row * d);
      denoised.set(rowOf(answers, at, d), row * d);
      this.#done[row] += share;
      const isAligned = this.#done[row] % (2 * share) === 0;
      if (error <= doubled && isAligned && 2 * share <= most) this.#share[row] = 2 * share;
    });
  }

  #shorten({ from, to, first }: FlowMove, row: number, error: number): void {
    this.#share[row] /= error <= halved ? 2 : error <= quartered ? 4 : 8;
    if (this.#share[row] >= leastShare) return;
    const sample = first + row;
    const message = `sample ${sample}: no step of the flow between t = ${from.t} and ${to.t} keeps its error within the tolerance`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { sample, t: from.t });
  }

  /** Of the group's states by the share of the move. */
  #derivative({ from, to, first }: FlowMove, group: readonly number[]): Derivative {
    const { session, schedule, dimension: d } = this.#room;
    const length = group.length * d;
    const way = to.logSnr - from.logSnr;
    const runs = session.begin ? consecutive(group) : [{ at: 0, rows: group.length }];
    return (share, y, out) => {
      const level = share === 0 ? from : share === 1 ? to : levelOnFlow(schedule, from.logSnr + share * way);
      this.#view(this.#point, length).set(y.subarray(0, length));
      for (const { at, rows } of runs) {
        session.begin?.(first + group[at]);
        session.denoise(atFloat32(this.#point, at * d), rows, level, atFloat32(this.#answer, at * d));
      }
      flowSlope(level, y, this.#view(this.#answer, length), out, way);
    };
  }

  #view(pointer: Pointer, length: number): Float32Array {
    return new Float32Array(this.#room.engine.arena.buffer, pointer, length);
  }
}

/** The longest step of a move, as a share of it. */
function longestShare({ from, to }: FlowMove): number {
  let share = 1;
  while (share * Math.abs(to.logSnr - from.logSnr) > longest) share /= 2;
  return share;
}

function rowOf<Numbers extends Float32Array | Float64Array>(numbers: Numbers, row: number, d: number): Numbers {
  return numbers.subarray(row * d, (row + 1) * d) as Numbers;
}

/** Where in an ascending list of rows runs of neighbours begin, and how many rows these have. */
function consecutive(rows: readonly number[]): { readonly at: number; readonly rows: number }[] {
  const begins = rows.flatMap((row, at) => (at > 0 && row === rows[at - 1] + 1 ? [] : at));
  return begins.map((at, run) => ({ at, rows: (begins[run + 1] ?? rows.length) - at }));
}
