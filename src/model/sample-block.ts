import { sample } from "../diffusion/sample.js";
import type { WorkerFunction } from "../workers/worker-pool.js";
import { type SampleRequest, sampleOptionsOf } from "./sample-request.js";

/** A stretch of the samples of one seed: sample i is the same whatever stretch it is drawn in. */
export interface SampleBlock extends SampleRequest {
  readonly firstSample: number;
}

/** Draws float32 [count, dimension] in the space of the network. */
export const sampleBlock: WorkerFunction<SampleBlock, Float32Array<ArrayBuffer>> = {
  name: "sampleBlock",
  run: (engine, { firstSample, ...request }) => sample(engine, sampleOptionsOf(engine, request, firstSample)),
  transfer: (samples) => [samples.buffer],
};
