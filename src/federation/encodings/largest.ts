/** Bits of a magnitude below the highest 16. */
const lowBits = 15;

/** Ascending indices of the `count` entries of largest absolute value; of equal ones the lower index. Finite entries, 1 <= count <= length. */
export function largestEntries(values: Float32Array, count: number): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const { threshold, equal } = thresholdOf(bits, count);
  const indices = new Uint32Array(count);
  let [found, left] = [0, equal];
  for (let i = 0; i < bits.length && found < count; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    if (magnitude > threshold || (magnitude === threshold && left-- > 0)) indices[found++] = i;
  }
  return indices;
}

/** The magnitude of the entry that is the last to belong, as an integer, and how many entries that are equal to it do. */
function thresholdOf(bits: Uint32Array, count: number) {
  const counts = new Uint32Array(2 ** 16);
  for (let i = 0; i < bits.length; i++) counts[(bits[i] & 0x7fffffff) >>> lowBits]++;
  const high = lastOf(counts, count);
  counts.fill(0);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    if (magnitude >>> lowBits === high.digit) counts[magnitude & (2 ** lowBits - 1)]++;
  }
  const low = lastOf(counts, high.left);
  return { threshold: high.digit * 2 ** lowBits + low.digit, equal: low.left };
}

/** The digit at which the largest `count` end, and how many with that digit are among them. */
function lastOf(counts: Uint32Array, count: number) {
  let [digit, left] = [counts.length - 1, count];
  while (counts[digit] < left) left -= counts[digit--];
  return { digit, left };
}
