/** The builds of the kernels that only tests run: see `targets` in tools/build.mjs. */
import debugBuild from "../../build/debug.js";
import relaxedBuild from "../../build/testing-relaxed.js";
import simdBuild from "../../build/testing-simd.js";
import { decodeBase64 } from "../../src/base64.js";
import { Arena, createEngine, type Engine, type Pointer, type Variant } from "../../src/kernels/index.js";

/** What assembly/testing.ts exports. x and out are float32 [n]. */
export interface TestingKernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): Pointer;
  vecExp(x: Pointer, out: Pointer, n: number): void;
  vecLog(x: Pointer, out: Pointer, n: number): void;
  vecSin(x: Pointer, out: Pointer, n: number): void;
  vecCos(x: Pointer, out: Pointer, n: number): void;
  vecTanh(x: Pointer, out: Pointer, n: number): void;
  vecErf(x: Pointer, out: Pointer, n: number): void;
  /** out uint32 [4]. */
  philoxBlock(out: Pointer, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;
}

/** An engine, and beside it the functions that its kernels inline, in the same arithmetic and a memory of their own. */
export interface TestingEngine {
  readonly engine: Engine;
  readonly arena: Arena;
  readonly kernels: TestingKernels;
}

export async function createTestingEngine(variant: Variant): Promise<TestingEngine> {
  const bytes = decodeBase64(variant === "relaxed" ? relaxedBuild : simdBuild);
  const { instance } = await WebAssembly.instantiate(bytes);
  const kernels = instance.exports as unknown as TestingKernels;
  return { engine: await createEngine({ variant }), kernels, arena: new Arena(kernels.memory, kernels.heapBase()) };
}

/** The strict build that traps where a pointer range leaves the memory. */
export function createDebugEngine(): Promise<Engine> {
  return createEngine({ variant: "simd", wasm: decodeBase64(debugBuild) });
}
