import type { SampleRequest } from "../../model/sample-request.js";
import { type Conditioned, classesOfSamples } from "../../network/conditioned.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

/** Samples of a network with classes. */
export interface ConditionedSamples extends Pick<SampleRequest, "seed" | "count"> {
  readonly conditioned: Conditioned;
}

/** The class that each sample is asked to be of, int32 [count]: a network's classes are the labels of its data. */
export const askedClasses: WorkerFunction<ConditionedSamples, Int32Array<ArrayBuffer>> = {
  name: "askedClasses",
  run: (engine, { conditioned, seed, count }) =>
    Int32Array.from(classesOfSamples(engine, conditioned, { seed, first: 0, count })),
};
