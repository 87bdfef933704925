// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface MixtureKernels {}

export const mixtureArity = {} satisfies Record<keyof MixtureKernels, number>;
