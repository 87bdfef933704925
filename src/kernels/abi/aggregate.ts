// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface AggregateKernels {}

export const aggregateArity = {} satisfies Record<keyof AggregateKernels, number>;
