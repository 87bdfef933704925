/** The buffers of arrays, to be moved from a worker to its caller instead of copied; not those that threads share. */
export function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  return arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}
