export interface SamplerKernels {
  /**
   * x = cx x + c0 denoised + cn z in place; x, denoised f32 [count]; z are numbers [first, first + count) of the normal
   * stream of that key and those counter words (see ../random.ts), not drawn where cn is 0. Returns -1, or the index of
   * the first element of x that became NaN or infinite; then what follows in x is unspecified.
   */
  samplerStep(
    x: number,
    denoised: number,
    count: number,
    cx: number,
    c0: number,
    cn: number,
    first: number,
    seedLow: number,
    seedHigh: number,
    step: number,
    client: number,
    tag: number,
  ): number;
}

export const samplerArity = { samplerStep: 12 } satisfies Record<keyof SamplerKernels, number>;
