// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface VecmathKernels {}

export const vecmathArity = {} satisfies Record<keyof VecmathKernels, number>;
