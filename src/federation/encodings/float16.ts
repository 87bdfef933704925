import { member } from "../../family.js";
import type { Encoding } from "./encoding.js";
import { requireBytes, requireFiniteNumbers } from "./refused.js";

const kind = "float16";

/** Adding it and taking it away again rounds a smaller float64 to an integer, ties to even. */
const rounder = 2 ** 52;

/** Smallest normal number of float16, as the bits of a float32. */
const leastNormal = 113 << 23;

export const float16 = member({
  kind,
  source: "IEEE 754-2019, binary16, rounding to nearest, ties to even",
  text: "2 bytes a number: 11 significant bits from 6.1e-5 to 65504, multiples of 6e-8 below. An update with a larger number counts as not finite.",
  fields: {},
  create: (): Encoding => ({
    largest: 65504,
    feedback: false,
    mostBytes: (length) => 2 * length,
    encode: (values) => new Uint8Array(halvesOf(values).buffer),
    decode(bytes, length) {
      requireBytes(kind, bytes, 2 * length);
      return requireFiniteNumbers(kind, floatsOf(new Uint16Array(new Uint8Array(bytes).buffer)));
    },
  }),
});

function halvesOf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    const half =
      magnitude < leastNormal
        ? Math.abs(values[i]) * 2 ** 24 + rounder - rounder
        : (magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    halves[i] = ((bits[i] >>> 16) & 0x8000) | half;
  }
  return halves;
}

function floatsOf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const magnitude = half & 0x7fff;
    if (magnitude < 0x400) values[i] = magnitude * 2 ** -24;
    else bits[i] = magnitude < 0x7c00 ? (magnitude << 13) + (112 << 23) : (magnitude << 13) | 0x7f800000;
    bits[i] |= (half & 0x8000) << 16;
  }
  return values;
}
