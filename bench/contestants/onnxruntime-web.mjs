/**
 * onnxruntime-web, WebAssembly backend on one thread. Outputs are the runtime's copies: it never copies a result back
 * into a preallocated tensor.
 */
import { createRequire } from "node:module";
import * as ort from "onnxruntime-web";
import { workloadsOf } from "./onnxruntime-shared.mjs";

ort.env.wasm.numThreads = 1;

const { version } = createRequire(import.meta.url)("../node_modules/onnxruntime-web/package.json");

export const versions = { "onnxruntime-web": version };

export const workloads = workloadsOf({
  ort,
  executionProvider: "wasm",
  resultOf: async (session, feeds) => (await session.run(feeds)).result.data,
});
