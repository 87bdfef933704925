// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface MlpKernels {}

export const mlpArity = {} satisfies Record<keyof MlpKernels, number>;
