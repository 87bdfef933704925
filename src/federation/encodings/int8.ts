import { member } from "../../family.js";
import { type Engine, Purpose, words } from "../../kernels/index.js";
import type { Encoding, UpdateKey } from "./encoding.js";
import { refused, requireBytes } from "./refused.js";

const kind = "int8";

/** Numbers that share a scale: neighbours among the kept parameters, in their order. */
export const blockLength = 256;

const levels = 127;

/** Largest scale whose products stay within float32. */
const largestScale = 2 ** 127 / levels;

/**
 * Multiples of a block's scale, max |x| / 127 rounded up: x / scale goes to one of its two integer neighbours, to the upper one with the
 * probability of its fraction (a multiple of 2^-32), so that the mean of what is decoded is x. Layout: the scales, float32, then the multiples.
 */
export const int8 = member({
  kind,
  source: "Alistarh et al., QSGD, arXiv 1610.02132, section 3, with max |x| of a block for the norm",
  text: "1 byte a number and 4 for the scale of each 256: multiples of max |x| / 127, rounded at random so that the mean is x; arXiv 1610.02132.",
  fields: {},
  create: (_spec, engine: Engine): Encoding => ({
    largest: 2 ** 126,
    feedback: false,
    mostBytes: bytesOf,
    encode: (values, key) => encode(engine, values, key),
    decode,
  }),
});

function bytesOf(length: number): number {
  return 4 * Math.ceil(length / blockLength) + length;
}

function encode(engine: Engine, values: Float32Array, { seed, round, client }: UpdateKey): Uint8Array<ArrayBuffer> {
  const draws = words(engine, values.length, { seed, round, client, purpose: Purpose.encoding });
  const bytes = new Uint8Array(bytesOf(values.length));
  const scales = new Float32Array(bytes.buffer, 0, Math.ceil(values.length / blockLength));
  const multiples = new Int8Array(bytes.buffer, scales.byteLength);
  for (let block = 0; block < scales.length; block++) {
    const start = block * blockLength;
    const end = Math.min(start + blockLength, values.length);
    const scale = scaleOf(values, start, end);
    scales[block] = scale;
    if (scale === 0) continue;
    for (let i = start; i < end; i++) multiples[i] = Math.floor(values[i] / scale + draws[i] * 2 ** -32);
  }
  return bytes;
}

/** The least float32 of which 127 times are at least the largest |x|. */
function scaleOf(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]));
  const scale = Float32Array.of(largest / levels);
  if (levels * scale[0] < largest) new Uint32Array(scale.buffer)[0]++;
  return scale[0];
}

function decode(bytes: Uint8Array, length: number): Float32Array<ArrayBuffer> {
  requireBytes(kind, bytes, bytesOf(length));
  const { buffer } = new Uint8Array(bytes);
  const scales = new Float32Array(buffer, 0, Math.ceil(length / blockLength));
  const wrong = scales.findIndex((scale) => !(scale >= 0 && scale <= largestScale));
  if (wrong >= 0) throw refused(kind, `the scale of block ${wrong} is ${scales[wrong]}`, { block: wrong });
  const multiples = new Int8Array(buffer, scales.byteLength);
  const beyond = multiples.indexOf(-128);
  if (beyond >= 0) throw refused(kind, `entry ${beyond} is -128`, { entry: beyond });
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = multiples[i] * scales[Math.floor(i / blockLength)];
  return values;
}
