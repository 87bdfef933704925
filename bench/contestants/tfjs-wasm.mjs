/** TensorFlow.js, WebAssembly backend (SIMD, one thread), used as its documentation shows. */
import { setThreadsCount, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { version_core } from "@tensorflow/tfjs-core";
import { gemm, normals, sampling, trainingStep, useBackend } from "./tfjs-shared.mjs";

setThreadsCount(1);
await useBackend("wasm");

export const versions = { "@tensorflow/tfjs-core": version_core, "@tensorflow/tfjs-backend-wasm": version_wasm };
export const workloads = { gemm, trainingStep, normals, sampling };
