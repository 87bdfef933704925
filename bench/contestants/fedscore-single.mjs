/** The single kernels of fedscore-kernels.mjs in a process. */
import { compileKernels, supportsRelaxedSimd } from "../../dist/entries/kernels.js";
import { kernelWorkloads } from "./fedscore-kernels.mjs";

export const versions = {};
export const workloads = kernelWorkloads(await compileKernels({ variant: supportsRelaxedSimd() ? "relaxed" : "simd" }));
