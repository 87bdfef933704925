// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface SamplerKernels {}

export const samplerArity = {} satisfies Record<keyof SamplerKernels, number>;
