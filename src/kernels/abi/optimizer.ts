// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface OptimizerKernels {}

export const optimizerArity = {} satisfies Record<keyof OptimizerKernels, number>;
