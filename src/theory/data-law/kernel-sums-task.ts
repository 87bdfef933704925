import { pooled } from "../../divergence/pairs.js";
import { commonScale, scaled } from "../../divergence/samples.js";
import { openSquaredDistances, type RowBlock } from "../../divergence/squared-distances.js";
import type { Engine } from "../../kernels/index.js";
import { atFloat32 } from "../../kernels/index.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { splitRows, splitSizes } from "../lower-bound/split-rows.js";

/** Two samples and a kernel: plain data. */
export interface KernelSumsSetup {
  /** float32 [n, dimension] of P and [m, dimension] of Q. */
  readonly p: Float32Array;
  readonly q: Float32Array;
  readonly dimension: number;
  readonly bandwidth: number;
  /** Decides the order of the rows. */
  readonly seed: number;
}

/** Consecutive rows of the pooled sample that belong to one part. */
export interface Segment extends RowBlock {
  readonly sample: "p" | "q";
  readonly part: "fit" | "rest" | "evaluation";
}

interface Problem {
  /** Both samples in the order of their splits, P then Q, of mean about 0. */
  readonly rows: Float32Array;
  readonly dimension: number;
  /** 1 / (2 bandwidth^2). */
  readonly rate: number;
  readonly segments: readonly Segment[];
}

/** Columns that are met at once. */
const blockColumns = 512;

/** The parts of n rows of P, then of m rows of Q: those that a function is fitted on, the others of the choice, those that evaluate it. */
export function segmentsOf(n: number, m: number): Segment[] {
  const partsOf = (sample: "p" | "q", rows: number, first: number): Segment[] => {
    const { fit, choice } = splitSizes(rows);
    const part = (name: Segment["part"], start: number, end: number) => ({
      sample,
      part: name,
      start: first + start,
      rows: end - start,
    });
    return [part("fit", 0, fit), part("rest", fit, choice), part("evaluation", choice, rows)];
  };
  return [...partsOf("p", n, 0), ...partsOf("q", m, n)];
}

/** Sums of exp(-|x - y|^2 / (2 bandwidth^2)) over the rows y of each segment, for rows x of the pooled sample: float64 [segments, count]. */
export const kernelSums = defineTask({
  name: "kernelSums",
  open: (engine, setup: KernelSumsSetup) => problemOf(engine, setup),
  run: (engine, problem, range: RowBlock) => sumsOf(engine, problem, range),
  transfer: (sums) => buffersOf([sums]),
});

function problemOf(engine: Engine, { p, q, dimension, bandwidth, seed }: KernelSumsSetup): Problem {
  const scale = commonScale(p, q);
  const [left, right] = [p, q].map((points, sample) =>
    splitRows(engine, scaled(points, scale), dimension, seed, sample),
  );
  const width = bandwidth / scale;
  return {
    rows: pooled(left.all, right.all, dimension),
    dimension,
    rate: 1 / (2 * width * width),
    segments: segmentsOf(p.length / dimension, q.length / dimension),
  };
}

function sumsOf(
  engine: Engine,
  { rows, dimension, rate, segments }: Problem,
  range: RowBlock,
): Float64Array<ArrayBuffer> {
  const { arena, kernels } = engine;
  const sums = new Float64Array(segments.length * range.rows);
  arena.scope(() => {
    const squaredDistances = openSquaredDistances(engine, rows, dimension);
    const values = arena.floats(range.rows * blockColumns).pointer;
    segments.forEach((segment, index) => {
      for (const block of blocksOf(segment)) {
        squaredDistances(range, block, values);
        for (let row = 0; row < range.rows; row++) {
          sums[index * range.rows + row] += kernels.expNegated(atFloat32(values, row * block.rows), block.rows, rate);
        }
      }
    });
  });
  return sums;
}

function blocksOf({ start, rows }: RowBlock): RowBlock[] {
  return Array.from({ length: Math.ceil(rows / blockColumns) }, (_, block) => {
    const first = block * blockColumns;
    return { start: start + first, rows: Math.min(blockColumns, rows - first) };
  });
}
