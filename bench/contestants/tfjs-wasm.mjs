/** TensorFlow.js, WebAssembly backend (SIMD, one thread), used as its documentation shows. */
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { gemm, normals, sampling, trainingStep, useBackend, versionsOf } from "./tfjs-shared.mjs";

setThreadsCount(1);
await useBackend("wasm");

export const versions = versionsOf("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm");
export const workloads = { gemm, trainingStep, normals, sampling };
