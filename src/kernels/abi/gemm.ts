// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface GemmKernels {}

export const gemmArity = {} satisfies Record<keyof GemmKernels, number>;
