// (module (memory i64 1)): accepted by engines of 2025 or later.
const memory64 = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 4, 1]);

/**
 * Rows of the register tile of fused multiply-add that this engine's compiler keeps in registers: 6 in recent ones, 5 in
 * those that order loads before arithmetic (V8 up to 12). A matter of speed alone.
 */
export function fusedTileRows(): number {
  return WebAssembly.validate(memory64) ? 6 : 5;
}
