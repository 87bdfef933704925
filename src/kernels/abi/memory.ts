export interface MemoryKernels {
  heapBase(): number;
}

export const memoryArity = { heapBase: 0 } satisfies Record<keyof MemoryKernels, number>;
