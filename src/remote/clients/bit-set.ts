import { refused } from "../protocol.js";

/** Zeros and ones, a byte each, as bits: entry i is bit i mod 8 of byte floor(i / 8). */
export function packBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (let i = 0; i < flags.length; i++) bits[i >> 3] |= flags[i] << (i & 7);
  return bits;
}

/** The inverse. @throws FedscoreError FEDSCORE_MESSAGE where these are not the bits of so many flags. */
export function unpackBits(bits: Uint8Array, length: number): Uint8Array {
  if (bits.length !== Math.ceil(length / 8)) throw refused(`has ${bits.length} bytes of bits, not those of ${length}`);
  const flags = new Uint8Array(length);
  for (let i = 0; i < length; i++) flags[i] = (bits[i >> 3] >> (i & 7)) & 1;
  return flags;
}
