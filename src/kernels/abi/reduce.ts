// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface ReduceKernels {}

export const reduceArity = {} satisfies Record<keyof ReduceKernels, number>;
