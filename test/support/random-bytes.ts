/** Bytes below `values`, the same in every run. */
export function randomBytes(length: number, values: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % values;
  });
}
