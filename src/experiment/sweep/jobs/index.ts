import { certificateJob } from "./certificate.js";
import type { SweepJobKind } from "./job.js";
import { runJob } from "./run.js";

/** What a point of a sweep may be. */
export const jobKinds = {
  run: runJob,
  certificate: certificateJob,
} as const satisfies Record<string, SweepJobKind>;
