/** Float32 matrices turned over. Steps are bytes from row to row. */

/** Four floats of four rows of `source` become four rows of `to`. */
// @ts-ignore: decorator
@inline
export function transpose4(source: usize, step: usize, to: usize, toStep: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + step);
  const r2 = v128.load(source + step * 2);
  const r3 = v128.load(source + step * 3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStep, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + toStep * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + toStep * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** Two floats of four rows of `source` become four floats of two rows of `to`. */
// @ts-ignore: decorator
@inline
function transpose2(source: usize, step: usize, to: usize, toStep: usize): void {
  const r01 = v128.load64_lane(source + step, v128.load64_zero(source), 1);
  const r23 = v128.load64_lane(source + step * 3, v128.load64_zero(source + step * 2), 1);
  v128.store(to, v128.shuffle<f32>(r01, r23, 0, 2, 4, 6));
  v128.store(to + toStep, v128.shuffle<f32>(r01, r23, 1, 3, 5, 7));
}

/** `rows` rows of `columns` floats become `columns` rows of `rows` floats. */
export function transposeRows(source: usize, step: usize, rows: i32, columns: i32, to: usize, toStep: usize): void {
  const wholeRows = rows & ~3;
  for (; columns >= 4; columns -= 4) {
    let from = source;
    for (let row = 0; row < wholeRows; row += 4) {
      transpose4(from, step, to + ((<usize>row) << 2), toStep);
      from += step * 4;
    }
    for (let row = wholeRows; row < rows; ++row) {
      let target = to + ((<usize>row) << 2);
      for (let i: usize = 0; i < 16; i += 4) {
        store<f32>(target, load<f32>(from + i));
        target += toStep;
      }
      from += step;
    }
    source += 16;
    to += toStep * 4;
  }
  for (; columns >= 2; columns -= 2) {
    let from = source;
    for (let row = 0; row < wholeRows; row += 4) {
      transpose2(from, step, to + ((<usize>row) << 2), toStep);
      from += step * 4;
    }
    for (let row = wholeRows; row < rows; ++row) {
      const target = to + ((<usize>row) << 2);
      store<f32>(target, load<f32>(from));
      store<f32>(target + toStep, load<f32>(from, 4));
      from += step;
    }
    source += 8;
    to += toStep * 2;
  }
  if (columns) {
    let from = source;
    for (let row = 0; row < rows; ++row) {
      store<f32>(to + ((<usize>row) << 2), load<f32>(from));
      from += step;
    }
  }
}
