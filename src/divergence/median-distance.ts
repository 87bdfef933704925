import type { Engine } from "../kernels/index.js";
import { openSquaredDistances } from "./squared-distances.js";

/** Median distance over pairs of different rows of x, of mean about 0; their root mean square where more than half coincide, 1 where all do. */
export function medianDistance(engine: Engine, x: Float32Array, dimension: number): number {
  const rows = x.length / dimension;
  return engine.arena.scope(() => {
    const squares = engine.arena.floats(rows * rows);
    const all = { start: 0, rows };
    openSquaredDistances(engine, x, dimension)(all, all, squares.pointer);
    const entries = squares.array;
    const distances = new Float32Array((rows * (rows - 1)) / 2);
    for (let i = 1, at = 0; i < rows; at += i, i++) distances.set(entries.subarray(i * rows, i * rows + i), at);
    distances.sort();
    const median = Math.sqrt(distances[distances.length >> 1]);
    const mean = distances.reduce((sum, square) => sum + square, 0) / distances.length;
    return median || Math.sqrt(mean) || 1;
  });
}
