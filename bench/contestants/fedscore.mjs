/** fedscore itself. FEDSCORE_VARIANT chooses the build; "relaxed" also turns relaxed SIMD on where Node hides it behind a flag. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { compileKernels, supportsRelaxedSimd } from "../../dist/entries/kernels.js";
import { workloadsOn } from "./fedscore-workloads.mjs";

const variant = process.env.FEDSCORE_VARIANT ?? "auto";
if (variant === "relaxed" && !supportsRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const kernels = await compileKernels({ variant });

export const versions = { fedscore: version };

/** NumPy has several generators, fedscore has one. */
const named = workloadsOn(kernels);
const { normals } = named;
export const workloads = { ...named, normalsPhilox: normals, normalsPcg64: normals, normalsSfc64: normals };
