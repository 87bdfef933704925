import { requireGrid, validateGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { requireFloats, requireInteger, requireObject } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { requireClass } from "../../network/conditioned.js";
import { layoutOf } from "../../network/spec.js";
import { keysOf, requireOptions } from "../../options.js";
import type { CertificateRequest } from "./unit-task.js";

const requestKeys = keysOf<CertificateRequest>({
  schedule: true,
  grid: true,
  sampler: true,
  law: true,
  network: true,
  seed: true,
});

/** Refuses a request whose parts, the law excepted, are not what they must be; its schedule. */
export function requireRequest(request: CertificateRequest): NoiseSchedule {
  const { grid, network } = requireOptions("request", request, requestKeys);
  requireInteger("seed", request.seed, 0);
  memberNamed(samplers, "sampler", request.sampler);
  const schedule = createSchedule(request.schedule);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  if (network !== undefined) {
    const { spec, parameters, class: label } = requireObject("network", network);
    requireFloats("network.parameters", parameters, layoutOf(spec).size);
    if (label !== undefined) requireClass("network.class", spec, label);
  }
  return schedule;
}
