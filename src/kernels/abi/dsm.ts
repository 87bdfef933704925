// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface DsmKernels {}

export const dsmArity = {} satisfies Record<keyof DsmKernels, number>;
