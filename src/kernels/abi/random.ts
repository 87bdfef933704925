// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface RandomKernels {}

export const randomArity = {} satisfies Record<keyof RandomKernels, number>;
