import { decodeBase64 } from "../base64.js";
import { ArgumentError, ArgumentTypeError, FedscoreError } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import { type CompiledKernels, type Engine, instantiate, type Variant } from "./instance.js";

/** Which build of the kernels to run; see `createEngine`. */
export interface EngineOptions {
  /** Force a build. Default "auto": `relaxed` where this engine accepts it, else `simd`. */
  readonly variant?: Variant | "auto" | undefined;
  /** Bytes or module of a build to use instead of the embedded ones; `variant` then says which arithmetic it has. */
  readonly wasm?: ArrayBuffer | ArrayBufferView | WebAssembly.Module | undefined;
}

const engineKeys = keysOf<EngineOptions>({ variant: true, wasm: true });

const builds: Record<Variant, () => Promise<{ default: string }>> = {
  simd: () => import("./generated/simd.js"),
  relaxed: () => import("./generated/relaxed.js"),
};

// (module (func (drop (f32x4.relaxed_madd (v128.const 0) (v128.const 0) (v128.const 0))))) and the same with f32x4.add.
const head = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0];
const zero = [0xfd, 12, ...new Array<number>(16).fill(0)];
const probe = (body: readonly number[]) =>
  WebAssembly.validate(new Uint8Array([...head, 10, body.length + 4, 1, body.length + 2, 0, ...body, 11]));

/** True where this engine runs 128-bit SIMD. */
export function supportsSimd(): boolean {
  return typeof WebAssembly === "object" && probe([...zero, ...zero, 0xfd, 0xe4, 1, 26]);
}

/** True where this engine runs relaxed SIMD (fused multiply-add). */
export function supportsRelaxedSimd(): boolean {
  return typeof WebAssembly === "object" && probe([...zero, ...zero, ...zero, 0xfd, 0x85, 2, 26]);
}

/** Compiles the embedded (or given) kernels once. Throws FEDSCORE_UNSUPPORTED where the engine has no SIMD. */
export async function compileKernels(options: EngineOptions = {}): Promise<CompiledKernels> {
  requireOptions("options", options, engineKeys);
  const variant = chooseVariant(options.variant ?? "auto");
  return { variant, module: await compile(options.wasm ?? decodeBase64((await builds[variant]()).default)) };
}

/** Compiles and instantiates: the usual way in. `engine.variant` says which build runs. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return instantiate(await compileKernels(options));
}

function chooseVariant(variant: Variant | "auto"): Variant {
  if (variant !== "auto" && !(typeof variant === "string" && Object.hasOwn(builds, variant))) {
    throw new ArgumentError("variant", 'must be "auto", "simd" or "relaxed"', variant);
  }
  if (!supportsSimd()) {
    throw new FedscoreError(
      "FEDSCORE_UNSUPPORTED",
      "this JavaScript engine has no WebAssembly SIMD; Node >= 20, Chrome >= 91, Firefox >= 89 and Safari >= 16.4 do",
    );
  }
  if (variant === "relaxed" && !supportsRelaxedSimd()) {
    throw new FedscoreError(
      "FEDSCORE_UNSUPPORTED",
      'this JavaScript engine has no relaxed SIMD; use variant "simd" or "auto" (Node 20 needs --experimental-wasm-relaxed-simd)',
    );
  }
  if (variant !== "auto") return variant;
  return supportsRelaxedSimd() ? "relaxed" : "simd";
}

async function compile(wasm: ArrayBuffer | ArrayBufferView | WebAssembly.Module): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (!(wasm instanceof ArrayBuffer) && !ArrayBuffer.isView(wasm)) {
    throw new ArgumentTypeError("wasm", "must be an ArrayBuffer, a typed array or a WebAssembly.Module", wasm);
  }
  const bytes = ArrayBuffer.isView(wasm)
    ? new Uint8Array(wasm.buffer, wasm.byteOffset, wasm.byteLength)
    : new Uint8Array(wasm);
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") {
    throw new ArgumentError(
      "wasm",
      "must start with the WebAssembly magic number 00 61 73 6d",
      [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" "),
    );
  }
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (error) {
    throw compileProblem(error, wasm);
  }
}

/** A page's policy speaks through the same error as bytes that are no module. */
function compileProblem(error: unknown, wasm: unknown): unknown {
  if (!(error instanceof WebAssembly.CompileError)) return error;
  if (/disallowed|unsafe-eval|content security policy/i.test(error.message)) {
    const message = `WebAssembly is forbidden here: the page's Content-Security-Policy needs 'wasm-unsafe-eval' in script-src (${error.message})`;
    return new FedscoreError("FEDSCORE_UNSUPPORTED", message, {}, error);
  }
  return new ArgumentError("wasm", `must be a WebAssembly module (${error.message})`, wasm);
}
