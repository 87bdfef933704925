/**
 * onnxruntime-web, WebAssembly backend on one thread. Outputs are the runtime's copies: it never copies a result back
 * into a preallocated tensor.
 */
import * as ort from "onnxruntime-web/wasm";
import { workloadsOf } from "./onnxruntime-shared.mjs";

ort.env.wasm.numThreads = 1;

export const versions = { "onnxruntime-web": ort.env.versions.web };

export const workloads = workloadsOf({
  ort,
  executionProvider: "wasm",
  resultOf: async (session, feeds) => (await session.run(feeds)).result.data,
});
