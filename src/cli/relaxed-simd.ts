import { setFlagsFromString } from "node:v8";
import { supportsRelaxedSimd } from "../kernels/index.js";

/**
 * Node 20 has relaxed SIMD behind a flag of V8. Set before the first compilation it holds for this process and for the
 * worker threads that it starts; where V8 has no such flag nothing changes.
 */
export function enableRelaxedSimd(): void {
  if (!supportsRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
