/** Codes as bits -1 and 1, moved to their means: plain data. */
export interface AnalogBits {
  /** How many codes there are. */
  readonly codes: number;
  /** Mean of each bit, the lowest first. */
  readonly means: readonly number[];
  readonly scale: number;
}

/**
 * Chen, Zhang and Hinton, "Analog Bits: Generating Discrete Data using Diffusion Models with Self-Conditioning", arXiv 2208.04202: the binary number of a code, each bit a real
 * number. Scaled so that the bits of codes that occur so often have variance 1 together.
 */
export function analogBitsOf(counts: readonly number[]): AnalogBits {
  const codes = counts.length;
  const width = Math.ceil(Math.log2(codes));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const means = Array.from({ length: width }, (_, bit) =>
    total === 0 ? 0 : counts.reduce((sum, count, code) => sum + count * signOf(code, bit), 0) / total,
  );
  const variance = means.reduce((sum, mean) => sum + 1 - mean * mean, 0);
  return { codes, means, scale: variance > 0 ? 1 / Math.sqrt(variance) : 1 };
}

export function writeBits({ means, scale }: AnalogBits, code: number, out: Float32Array, at: number): void {
  for (let bit = 0; bit < means.length; bit++) out[at + bit] = scale * (signOf(code, bit) - means[bit]);
}

/** The code whose bits are closest. */
export function readBits({ codes, means, scale }: AnalogBits, vectors: Float32Array, at: number): number {
  const bits = means.map((mean, bit) => (vectors[at + bit] ?? 0) / scale + mean);
  const code = bits.reduce((sum, bit, place) => sum + (bit > 0 ? 2 ** place : 0), 0);
  return code < codes ? code : closestCode(bits, codes);
}

/** The code whose signs agree most with the bits: the closest, since all codes are equally long. */
function closestCode(bits: readonly number[], codes: number): number {
  let [closest, most] = [0, -Infinity];
  for (let code = 0; code < codes; code++) {
    const agreement = bits.reduce((sum, bit, place) => sum + bit * signOf(code, place), 0);
    if (agreement > most) [closest, most] = [code, agreement];
  }
  return closest;
}

function signOf(code: number, bit: number): number {
  return ((code >>> bit) & 1) === 1 ? 1 : -1;
}
