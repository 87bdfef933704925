import { samplers } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { memberNamed } from "../../family.js";
import { ScoreNetwork } from "../../network/score-network.js";
import { createLaw } from "../../targets/law.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { type CertificateRequest, requireExact } from "../certificate/unit-task.js";
import { requireDensity } from "./dense-target.js";
import type { IntervalProblem, RowRequest, RowWeights } from "./row-weights.js";
import { rowWeigher } from "./weigh-rows.js";

/** The problem that a request describes. @throws FedscoreError FEDSCORE_UNSUPPORTED for a law without a density. */
export function intervalProblem({ network, ...request }: CertificateRequest): IntervalProblem {
  const target = requireDensity(createLaw(request.law));
  return {
    schedule: createSchedule(request.schedule),
    grid: request.grid,
    sampler: memberNamed(samplers, "sampler", request.sampler),
    target,
    denoiser: network
      ? new ScoreNetwork(network.spec, network.parameters, network.class)
      : requireExact(target).denoiser,
    seed: request.seed,
  };
}

/** Weighs rows; what comes back depends on the request and the rows alone. */
export const weighIntervalRows = defineTask({
  name: "weighIntervalRows",
  open: (_engine, request: CertificateRequest) => rowWeigher(intervalProblem(request)),
  run: (engine, weigh, rows: RowRequest): RowWeights => weigh(engine, rows),
  transfer: ({ reach: _, noise: __, ...weights }) => buffersOf(Object.values(weights)),
});
