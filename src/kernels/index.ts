/** The embedder's low level: the engine, its memory and its kernels. */
export { abiVersion } from "./abi-version.js";
export { Arena, Float32Block, mostBytes } from "./arena.js";
export { depthBlock, Epilogue, LevelColumn, levelHeader, ScheduleCode } from "./codes.js";
export { CountingArena } from "./counting-arena.js";
export { compileKernels, createEngine, type EngineOptions, supportsRelaxedSimd, supportsSimd } from "./engine.js";
export { type MatmulOptions, matmul, packedLength } from "./gemm.js";
export type { Kernels } from "./generated/kernels.js";
export { type CompiledKernels, type Engine, instantiate, type Variant } from "./instance.js";
export { type PortableMath, portableMath } from "./math.js";
export { atFloat32, atFloat64, nullPointer, type Pointer } from "./pointer.js";
export { Purpose, type StreamKey } from "./purpose.js";
export {
  addNormal,
  drawIndices,
  fillIndices,
  fillNormal,
  fillUniform,
  type MutableArrayLike,
  normals,
  RandomStream,
  requireStreamKey,
  type StreamWords,
  streamLength,
  streamWords,
  uniforms,
  words,
} from "./random.js";
export { requireBlock } from "./require-block.js";
export { requireEngine } from "./require-engine.js";
