// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface DistanceKernels {}

export const distanceArity = {} satisfies Record<keyof DistanceKernels, number>;
