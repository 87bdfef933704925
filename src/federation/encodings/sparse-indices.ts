import { refused } from "./refused.js";

/** How indices are written: a bit for each number, or their distances as LEB128 where these take fewer bytes. */
const forms = { bits: 0, distances: 1 } as const;

/** Bytes of the longest LEB128 of 32 bits. */
const longest = 5;

/** Most bytes that the indices of some among `length` numbers take. */
export function mostIndexBytes(length: number): number {
  return 1 + Math.ceil(length / 8);
}

/** Ascending indices below `length`, as the byte of their form and what follows it. */
export function encodeIndices(indices: Uint32Array, length: number): Uint8Array<ArrayBuffer> {
  return distancesOf(indices, mostIndexBytes(length)) ?? bitsOf(indices, length);
}

/**
 * The `count` ascending indices below `length` that the bytes hold.
 * @throws FedscoreError FEDSCORE_WORKER for anything that encodeIndices does not give.
 */
export function decodeIndices(kind: string, bytes: Uint8Array, count: number, length: number): Uint32Array {
  const [form] = bytes;
  if (form === forms.bits) return indicesOfBits(kind, bytes, count, length);
  if (form === forms.distances) return indicesOfDistances(kind, bytes, count, length);
  throw refused(kind, `indices of the form ${form}`, { form });
}

/** undefined: they take `bound` bytes or more. */
function distancesOf(indices: Uint32Array, bound: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(bound + longest);
  bytes[0] = forms.distances;
  let [at, next] = [1, 0];
  for (let i = 0; i < indices.length && at < bound; i++) {
    let distance = indices[i] - next;
    for (; distance >= 0x80; distance >>>= 7) bytes[at++] = (distance & 0x7f) | 0x80;
    bytes[at++] = distance;
    next = indices[i] + 1;
  }
  return at < bound ? bytes.slice(0, at) : undefined;
}

function bitsOf(indices: Uint32Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(mostIndexBytes(length));
  for (const index of indices) bytes[1 + (index >>> 3)] |= 1 << (index & 7);
  return bytes;
}

function indicesOfBits(kind: string, bytes: Uint8Array, count: number, length: number): Uint32Array {
  if (bytes.length !== mostIndexBytes(length))
    throw refused(kind, `${bytes.length} bytes of indices, not ${mostIndexBytes(length)}`, { bytes: bytes.length });
  const indices = new Uint32Array(count);
  let found = 0;
  for (let index = 0; index < 8 * (bytes.length - 1); index++) {
    if (((bytes[1 + (index >>> 3)] >>> (index & 7)) & 1) === 0) continue;
    if (index >= length) throw beyond(kind, index, length);
    if (found < count) indices[found] = index;
    found++;
  }
  if (found !== count) throw refused(kind, `${found} indices, not ${count}`, { found, count });
  return indices;
}

function indicesOfDistances(kind: string, bytes: Uint8Array, count: number, length: number): Uint32Array {
  if (bytes.length >= mostIndexBytes(length))
    throw refused(kind, "distances that are longer than bits", { bytes: bytes.length });
  const indices = new Uint32Array(count);
  let at = 1;
  let next = 0;
  for (let found = 0; found < count; found++) {
    let [distance, unit] = [0, 1];
    let byte = 0x80;
    for (; byte >= 0x80; unit *= 0x80) {
      if (at === bytes.length || unit > 2 ** 28) throw refused(kind, `index ${found} has no end`, { found });
      byte = bytes[at++];
      distance += (byte & 0x7f) * unit;
    }
    if (byte === 0 && unit > 0x80) throw refused(kind, `index ${found} is longer than it need be`, { found });
    const index = next + distance;
    if (index >= length) throw beyond(kind, index, length);
    indices[found] = index;
    next = index + 1;
  }
  if (at !== bytes.length) throw refused(kind, `${bytes.length - at} bytes behind the indices`, { count });
  return indices;
}

function beyond(kind: string, index: number, length: number) {
  return refused(kind, `index ${index} of ${length} numbers`, { index, length });
}
