import { sampleGiven } from "../diffusion/sample-given.js";
import type { WorkerFunction } from "../workers/worker-pool.js";
import { type SampleRequest, sampleOptionsOf } from "./sample-request.js";

/** Rows of a request whose missing coordinates are to be drawn; `count` is that of their particles. */
export interface SampleGivenBlock extends SampleRequest {
  /** float32 [rows, dimension] in the space of the network. */
  readonly points: Float32Array;
  /** [rows, dimension], 1 where given. */
  readonly given: Uint8Array;
  readonly particles: number;
  readonly firstRow: number;
}

/** Draws float32 [rows, dimension] in the space of the network. */
export const sampleGivenBlock: WorkerFunction<SampleGivenBlock, Float32Array<ArrayBuffer>> = {
  name: "sampleGivenBlock",
  run(engine, { points, given, particles, firstRow, ...request }) {
    const { denoiser, schedule, grid, seed, denoiseLast } = sampleOptionsOf(engine, request, firstRow * particles);
    return sampleGiven(engine, {
      ...{ denoiser, schedule, grid, seed, denoiseLast },
      ...{ points, given, particles, firstRow },
    });
  },
  transfer: (rows) => [rows.buffer],
};
