import { ArgumentError } from "../../errors.js";
import type { NoiseSchedule } from "../schedule.js";
import { type OuSpec, ou } from "./ou.js";
import { type VpCosineSpec, vpCosine } from "./vp-cosine.js";
import { type VpLinearSpec, vpLinear } from "./vp-linear.js";

export type { OuSpec, VpCosineSpec, VpLinearSpec };

/** A schedule as plain data. */
export type NoiseScheduleSpec = VpLinearSpec | VpCosineSpec | OuSpec;

/** The schedule that a specification names. Throws ArgumentError on an unknown kind or a parameter out of range. */
export function createSchedule(spec: NoiseScheduleSpec): NoiseSchedule {
  switch (spec.kind) {
    case "vp-linear":
      return vpLinear(spec);
    case "vp-cosine":
      return vpCosine(spec);
    case "ou":
      return ou(spec);
    default:
      throw new ArgumentError(
        "schedule.kind",
        'must be "vp-linear", "vp-cosine" or "ou"',
        (spec as { kind: unknown }).kind,
      );
  }
}
