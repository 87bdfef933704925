/**
 * Philox4x32-10 streams. `first` is the index of the first number written (0 <= first, first + count <= 2^34), seedLow and
 * seedHigh the key, (step, client, tag) counter words 1 to 3; see streamWords in ../random.ts. Cutting a range anywhere
 * gives the same numbers.
 */
export interface RandomKernels {
  /** out u32 [count]: raw words. */
  bitsFill(
    out: number,
    count: number,
    first: number,
    seedLow: number,
    seedHigh: number,
    step: number,
    client: number,
    tag: number,
  ): void;
  /** out f32 [count], uniform on (0, 1). */
  uniformFill(
    out: number,
    count: number,
    first: number,
    seedLow: number,
    seedHigh: number,
    step: number,
    client: number,
    tag: number,
  ): void;
  /** out f32 [count], standard normal. */
  normalFill(
    out: number,
    count: number,
    first: number,
    seedLow: number,
    seedHigh: number,
    step: number,
    client: number,
    tag: number,
  ): void;
  /** out u32 [count], uniform on [0, bound), 1 <= bound < 2^32. */
  indexFill(
    out: number,
    count: number,
    bound: number,
    first: number,
    seedLow: number,
    seedHigh: number,
    step: number,
    client: number,
    tag: number,
  ): void;
  /** out u32 [4]: one block of the cipher. */
  philoxBlock(out: number, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;
}

export const randomArity = {
  bitsFill: 8,
  uniformFill: 8,
  normalFill: 8,
  indexFill: 9,
  philoxBlock: 7,
} satisfies Record<keyof RandomKernels, number>;
