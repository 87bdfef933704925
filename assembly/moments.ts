/**
 * First and second moments in float64 of float32 rows: plain multiply and add in both builds, so their bits are the
 * same everywhere. Columns are cut into panels of four, the last one filled up with zeros.
 */
import { checkRange } from "./simd";

/**
 * sum f64 [4 panels] += sum of the rows; second f64 [4 panels, 4 panels] += sum of x x^T, in the 4 x 4 tiles on and
 * above the diagonal. points: f32 [rows, dimension]; packed: f64 [panels, rows, 4] scratch; panels = ceil(dimension /
 * 4).
 */
export function momentsAdd(points: usize, rows: i32, dimension: i32, packed: usize, sum: usize, second: usize): void {
  const panels = (dimension + 3) >> 2;
  const panelBytes = (<usize>rows) << 5;
  const rowBytes = (<usize>panels) << 5;
  checkRange(points, (<usize>rows * <usize>dimension) << 2);
  checkRange(packed, <usize>panels * panelBytes);
  checkRange(second, <usize>panels * rowBytes * 4);
  for (let panel = 0; panel < panels; panel++) {
    const columns = min(dimension - 4 * panel, 4);
    packPanel(
      points + ((<usize>panel) << 4),
      rows,
      (<usize>dimension) << 2,
      columns,
      packed + <usize>panel * panelBytes,
      sum + ((<usize>panel) << 5),
    );
  }
  for (let i = 0; i < panels; i++) {
    const left = packed + <usize>i * panelBytes;
    for (let j = i; j < panels; j++) {
      addTile(
        left,
        packed + <usize>j * panelBytes,
        rows,
        second + <usize>i * 4 * rowBytes + ((<usize>j) << 5),
        rowBytes,
      );
    }
  }
}

function packPanel(source: usize, rows: i32, stride: usize, columns: i32, packed: usize, sum: usize): void {
  let low = v128.load(sum);
  let high = v128.load(sum, 16);
  const end = packed + ((<usize>rows) << 5);
  for (; packed < end; packed += 32) {
    if (columns == 4) {
      v128.store(packed, f64x2.promote_low_f32x4(v128.load64_zero(source)));
      v128.store(packed, f64x2.promote_low_f32x4(v128.load64_zero(source, 8)), 16);
    } else {
      for (let column = 0; column < 4; column++) {
        const value = column < columns ? <f64>load<f32>(source + ((<usize>column) << 2)) : 0;
        store<f64>(packed + ((<usize>column) << 3), value);
      }
    }
    low = f64x2.add(low, v128.load(packed));
    high = f64x2.add(high, v128.load(packed, 16));
    source += stride;
  }
  v128.store(sum, low);
  v128.store(sum, high, 16);
}

// @ts-ignore: decorator
@inline
function addPair(at: usize, pair: v128): void {
  v128.store(at, f64x2.add(v128.load(at), pair));
}

function addTile(a: usize, b: usize, rows: i32, tile: usize, rowBytes: usize): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  const end = a + ((<usize>rows) << 5);
  for (; a < end; a += 32, b += 32) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(a0, low));
    c01 = f64x2.add(c01, f64x2.mul(a0, high));
    const a1 = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(a1, low));
    c11 = f64x2.add(c11, f64x2.mul(a1, high));
    const a2 = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(a2, low));
    c21 = f64x2.add(c21, f64x2.mul(a2, high));
    const a3 = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(a3, low));
    c31 = f64x2.add(c31, f64x2.mul(a3, high));
  }
  addPair(tile, c00);
  addPair(tile + 16, c01);
  addPair(tile + rowBytes, c10);
  addPair(tile + rowBytes + 16, c11);
  addPair(tile + 2 * rowBytes, c20);
  addPair(tile + 2 * rowBytes + 16, c21);
  addPair(tile + 3 * rowBytes, c30);
  addPair(tile + 3 * rowBytes + 16, c31);
}
