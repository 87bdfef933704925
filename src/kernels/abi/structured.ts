// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface StructuredKernels {}

export const structuredArity = {} satisfies Record<keyof StructuredKernels, number>;
