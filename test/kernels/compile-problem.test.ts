import { expect, it, vi } from "vitest";
import { compileKernels } from "../../src/kernels/index.js";

it("names the page's policy where that forbids WebAssembly", async () => {
  const refused = new WebAssembly.CompileError(
    "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
  );
  vi.spyOn(WebAssembly, "compile").mockRejectedValueOnce(refused);
  await expect(compileKernels({ variant: "simd" })).rejects.toMatchObject({
    code: "FEDSCORE_UNSUPPORTED",
    message: expect.stringContaining("needs 'wasm-unsafe-eval' in script-src"),
    cause: refused,
  });
});

it("refuses bytes that are no module", async () => {
  const wasm = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 77);
  await expect(compileKernels({ variant: "simd", wasm })).rejects.toMatchObject({
    code: "FEDSCORE_INVALID_ARGUMENT",
    message: expect.stringMatching(/^wasm must be a WebAssembly module \(/),
  });
});
