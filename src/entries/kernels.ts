/** "fedscore/kernels", the embedder's low level: builds of the kernels, their memory, matrix products, random numbers and portable math. */
export type { Kernels } from "../kernels/abi/index.js";
export { Arena, Float32Block, type Pointer } from "../kernels/arena.js";
export {
  compileKernels,
  createEngine,
  type EngineOptions,
  supportsRelaxedSimd,
  supportsSimd,
} from "../kernels/engine.js";
export { type MatmulOptions, matmul, packedLength } from "../kernels/gemm.js";
export { type CompiledKernels, type Engine, instantiate, type Variant } from "../kernels/instance.js";
export { type PortableMath, portableMath } from "../kernels/math.js";
export { Purpose, type StreamKey } from "../kernels/purpose.js";
export {
  fillIndices,
  fillNormal,
  fillUniform,
  type MutableArrayLike,
  normals,
  RandomStream,
  type StreamWords,
  streamLength,
  streamWords,
  uniforms,
} from "../kernels/random.js";
