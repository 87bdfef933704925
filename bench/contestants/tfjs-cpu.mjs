/** TensorFlow.js, plain JavaScript backend, used as its documentation shows. */
import "@tensorflow/tfjs-backend-cpu";
import { gemm, trainingStep, useBackend, versionsOf } from "./tfjs-shared.mjs";

await useBackend("cpu");

export const versions = versionsOf("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu");
export const workloads = { gemm, trainingStep };
