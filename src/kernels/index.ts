/** The embedder's low level: the engine, its memory and its kernels. */
export type { Kernels } from "./abi/index.js";
export { Arena, Float32Block, type Pointer } from "./arena.js";
export { compileKernels, createEngine, type EngineOptions, supportsRelaxedSimd, supportsSimd } from "./engine.js";
export { type CompiledKernels, type Engine, instantiate, type Variant } from "./instance.js";
