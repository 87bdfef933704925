/** TensorFlow.js, plain JavaScript backend, used as its documentation shows. */
import { version_cpu } from "@tensorflow/tfjs-backend-cpu";
import { version_core } from "@tensorflow/tfjs-core";
import { gemm, trainingStep, useBackend } from "./tfjs-shared.mjs";

await useBackend("cpu");

export const versions = { "@tensorflow/tfjs-core": version_core, "@tensorflow/tfjs-backend-cpu": version_cpu };
export const workloads = { gemm, trainingStep };
