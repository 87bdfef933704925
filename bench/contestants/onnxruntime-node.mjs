/** onnxruntime-node: the native runtime on one thread, for scale; it writes into preallocated outputs. */
import { createRequire } from "node:module";
import ort from "onnxruntime-node";
import { workloadsOf } from "./onnxruntime-shared.mjs";

const { version } = createRequire(import.meta.url)("../node_modules/onnxruntime-node/package.json");

export const versions = { "onnxruntime-node": version };

export const workloads = workloadsOf({
  ort,
  executionProvider: "cpu",
  async resultOf(session, feeds, into) {
    await session.run(feeds, { result: into });
    return into.data;
  },
});
