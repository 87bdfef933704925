import { instantiateSync } from "@assemblyscript/loader";
import { ArgumentError, ArgumentTypeError, FedscoreError, requireObject } from "../errors.js";
import { Arena } from "./arena.js";
import { arity, type Kernels } from "./generated/kernels.js";
import { fusedTileRows } from "./tile-rows.js";

/** Web names in this package's types, for programs that are checked without the DOM's and Node's: merged with those, they add nothing. */
declare global {
  // biome-ignore-start lint/suspicious/noEmptyInterface: see above
  interface AbortSignal {}
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
  // biome-ignore-end lint/suspicious/noEmptyInterface: see above
}

/** `simd` is bit-reproducible on every machine; `relaxed` uses fused multiply-add where the engine has it. */
export type Variant = "simd" | "relaxed";

/** A compiled build: posted to workers so that each thread only instantiates. */
export interface CompiledKernels {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
}

/** One WASM instance: its kernels, its memory, and which build runs. */
export interface Engine extends CompiledKernels {
  readonly kernels: Kernels;
  readonly arena: Arena;
}

/** A fresh instance of compiled kernels, with its own memory. Synchronous: for workers and for embedders. */
export function instantiate(compiled: CompiledKernels): Engine {
  const { variant, module } = requireCompiled(compiled);
  // The instance's own exports: the loader's are wrappers of rest arguments, slower and of length 0.
  const kernels: object = instantiateSync(module).instance.exports;
  requireBuild(kernels);
  if (variant === "relaxed") kernels.setTileRows(fusedTileRows());
  return { variant, module, kernels, arena: new Arena(kernels.memory, kernels.heapBase()) };
}

function requireCompiled(compiled: CompiledKernels): CompiledKernels {
  const { variant, module } = requireObject("compiled", compiled);
  if (variant !== "simd" && variant !== "relaxed")
    throw new ArgumentError("compiled.variant", 'must be "simd" or "relaxed"', variant);
  if (!(module instanceof WebAssembly.Module))
    throw new ArgumentTypeError(
      "compiled.module",
      "must be a WebAssembly.Module, as compileKernels resolves to",
      module,
    );
  return compiled;
}

function requireBuild(exports: object): asserts exports is Kernels & { readonly memory: WebAssembly.Memory } {
  for (const [name, count] of Object.entries(arity)) {
    const found: unknown = Reflect.get(exports, name);
    if (typeof found !== "function" || found.length !== count) {
      throw new FedscoreError(
        "FEDSCORE_UNSUPPORTED",
        `the wasm is not a fedscore build of this version: export ${name} with ${count} arguments expected`,
        { name },
      );
    }
  }
}
