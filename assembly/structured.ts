/**
 * Rows and columns of one layer, weight [fanOut, fanIn] then bias [fanOut], and the same layer of the smaller network,
 * packed as weight [rowCount, columnCount] then bias [rowCount]. `rows` and `columns` are strictly ascending u32, so
 * four columns are neighbours exactly when the last is the first plus three: those move as one vector.
 */
import { checkRange } from "./simd";

// @ts-ignore: decorator
@inline
function areNeighbours(columns: usize): bool {
  return load<u32>(columns, 12) - load<u32>(columns) == 3;
}

// @ts-ignore: decorator
@inline
function at(base: usize, index: usize): usize {
  return base + ((<usize>load<u32>(index)) << 2);
}

// @ts-ignore: decorator
@inline
function gather(source: usize, columns: usize, count: i32, destination: usize): void {
  const end = columns + ((<usize>count) << 2);
  while (columns + 16 <= end) {
    if (areNeighbours(columns)) {
      v128.store(destination, v128.load(at(source, columns)));
    } else {
      store<f32>(destination, load<f32>(at(source, columns)));
      store<f32>(destination, load<f32>(at(source, columns + 4)), 4);
      store<f32>(destination, load<f32>(at(source, columns + 8)), 8);
      store<f32>(destination, load<f32>(at(source, columns + 12)), 12);
    }
    columns += 16;
    destination += 16;
  }
  while (columns < end) {
    store<f32>(destination, load<f32>(at(source, columns)));
    columns += 4;
    destination += 4;
  }
}

// @ts-ignore: decorator
@inline
function spread(source: usize, columns: usize, count: i32, destination: usize): void {
  const end = columns + ((<usize>count) << 2);
  while (columns + 16 <= end) {
    if (areNeighbours(columns)) {
      v128.store(at(destination, columns), v128.load(source));
    } else {
      store<f32>(at(destination, columns), load<f32>(source));
      store<f32>(at(destination, columns + 4), load<f32>(source, 4));
      store<f32>(at(destination, columns + 8), load<f32>(source, 8));
      store<f32>(at(destination, columns + 12), load<f32>(source, 12));
    }
    columns += 16;
    source += 16;
  }
  while (columns < end) {
    store<f32>(at(destination, columns), load<f32>(source));
    columns += 4;
    source += 4;
  }
}

// @ts-ignore: decorator
@inline
function accumulateOne(local: usize, server: usize, sum: usize, column: usize, weight: f64): void {
  const index = <usize>load<u32>(column);
  const target = sum + (index << 3);
  const moved = <f64>load<f32>(local) - <f64>load<f32>(server + (index << 2));
  store<f64>(target, load<f64>(target) + weight * moved);
}

// @ts-ignore: decorator
@inline
function accumulate(local: usize, server: usize, sum: usize, columns: usize, count: i32, weight: f64): void {
  const end = columns + ((<usize>count) << 2);
  const weights = f64x2.splat(weight);
  while (columns + 16 <= end) {
    if (areNeighbours(columns)) {
      const index = <usize>load<u32>(columns);
      const target = sum + (index << 3);
      const theta = server + (index << 2);
      const low = f64x2.sub(
        f64x2.promote_low_f32x4(v128.load64_zero(local)),
        f64x2.promote_low_f32x4(v128.load64_zero(theta)),
      );
      const high = f64x2.sub(
        f64x2.promote_low_f32x4(v128.load64_zero(local, 8)),
        f64x2.promote_low_f32x4(v128.load64_zero(theta, 8)),
      );
      v128.store(target, f64x2.add(v128.load(target), f64x2.mul(weights, low)));
      v128.store(target, f64x2.add(v128.load(target, 16), f64x2.mul(weights, high)), 16);
    } else {
      accumulateOne(local, server, sum, columns, weight);
      accumulateOne(local + 4, server, sum, columns + 4, weight);
      accumulateOne(local + 8, server, sum, columns + 8, weight);
      accumulateOne(local + 12, server, sum, columns + 12, weight);
    }
    columns += 16;
    local += 16;
  }
  while (columns < end) {
    accumulateOne(local, server, sum, columns, weight);
    columns += 4;
    local += 4;
  }
}

// @ts-ignore: decorator
@inline
function checkLayer(layer: usize, fanIn: i32, fanOut: i32, entryBytes: usize): void {
  checkRange(layer, (<usize>fanIn + 1) * <usize>fanOut * entryBytes);
}

// @ts-ignore: decorator
@inline
function checkPacked(packed: usize, rows: usize, rowCount: i32, columns: usize, columnCount: i32): void {
  checkRange(packed, (<usize>columnCount + 1) * ((<usize>rowCount) << 2));
  checkRange(rows, (<usize>rowCount) << 2);
  checkRange(columns, (<usize>columnCount) << 2);
}

/** packed = the kept rows and columns of layer. */
export function structuredExtract(
  layer: usize,
  fanIn: i32,
  fanOut: i32,
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  packed: usize,
): void {
  checkLayer(layer, fanIn, fanOut, 4);
  checkPacked(packed, rows, rowCount, columns, columnCount);
  const rowBytes = (<usize>fanIn) << 2;
  let destination = packed;
  for (let r = 0; r < rowCount; r++) {
    gather(layer + <usize>load<u32>(rows + ((<usize>r) << 2)) * rowBytes, columns, columnCount, destination);
    destination += (<usize>columnCount) << 2;
  }
  gather(layer + <usize>fanOut * rowBytes, rows, rowCount, destination);
}

/** The kept rows and columns of layer = packed; all else of layer stays. */
export function structuredScatter(
  packed: usize,
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  layer: usize,
  fanIn: i32,
  fanOut: i32,
): void {
  checkLayer(layer, fanIn, fanOut, 4);
  checkPacked(packed, rows, rowCount, columns, columnCount);
  const rowBytes = (<usize>fanIn) << 2;
  let source = packed;
  for (let r = 0; r < rowCount; r++) {
    spread(source, columns, columnCount, layer + <usize>load<u32>(rows + ((<usize>r) << 2)) * rowBytes);
    source += (<usize>columnCount) << 2;
  }
  spread(source, rows, rowCount, layer + <usize>fanOut * rowBytes);
}

/** sum += weight * (packed - layer) on the kept rows and columns, in float64; sum is float64 of layer's shape. */
export function structuredFold(
  packed: usize,
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  layer: usize,
  fanIn: i32,
  fanOut: i32,
  sum: usize,
  weight: f64,
): void {
  checkLayer(layer, fanIn, fanOut, 4);
  checkLayer(sum, fanIn, fanOut, 8);
  checkPacked(packed, rows, rowCount, columns, columnCount);
  let local = packed;
  for (let r = 0; r < rowCount; r++) {
    const first = <usize>load<u32>(rows + ((<usize>r) << 2)) * <usize>fanIn;
    accumulate(local, layer + (first << 2), sum + (first << 3), columns, columnCount, weight);
    local += (<usize>columnCount) << 2;
  }
  const bias = <usize>fanOut * <usize>fanIn;
  accumulate(local, layer + (bias << 2), sum + (bias << 3), rows, rowCount, weight);
}
