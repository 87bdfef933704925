import { member } from "../../family.js";
import { nameIn, numbers, optional, required } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
import { samplers } from "../samplers/index.js";
import type { NoiseSchedule } from "../schedule.js";
import { gridOf } from "./range.js";

/** The user's own times, validated and never rewritten. */
export const user = member({
  kind: "user",
  text: "Times of your own.",
  fields: {
    times: numbers(
      "(0, inf)",
      required,
      "Strictly decreasing times in the clock of the schedule, used exactly as given.",
      2,
    ),
    errors: numbers(
      "[0, inf)",
      optional,
      "Mean squared error of the denoiser, per coordinate, at the start of each step: what analytic takes its noise from. For analytic-diagonal one for each step and coordinate, step after step. Runs measure it.",
      1,
    ),
    tunedFor: nameIn(samplers, optional, "The sampler that the times were chosen for: bounds of others say so."),
  },
  check({ times, errors }) {
    const k = times.findIndex((time, index) => index > 0 && !(time < times[index - 1]));
    if (k >= 0) return { path: ["times", k], rule: `must be below times[${k - 1}] = ${times[k - 1]}`, value: times[k] };
    if (errors === undefined || errors.length % (times.length - 1) === 0) return undefined;
    const rule = `must have one entry for each of the ${times.length - 1} steps between the times, or one for each step and coordinate`;
    return { path: ["errors"], rule, value: errors.length };
  },
  create({ times, errors, tunedFor }, schedule: NoiseSchedule): TimeGrid {
    const grid = gridOf("user", Float64Array.from(times), schedule, "grid.times");
    return {
      ...grid,
      ...(errors && { errors: Float64Array.from(errors) }),
      ...(tunedFor !== undefined && { tunedFor }),
    };
  },
});
