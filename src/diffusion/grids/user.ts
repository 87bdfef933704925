import { member } from "../../family.js";
import { numbers, required } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
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
  },
  check({ times }) {
    const k = times.findIndex((time, index) => index > 0 && !(time < times[index - 1]));
    if (k < 0) return undefined;
    return { path: ["times", k], rule: `must be below times[${k - 1}] = ${times[k - 1]}`, value: times[k] };
  },
  create: ({ times }, schedule: NoiseSchedule): TimeGrid =>
    gridOf("user", Float64Array.from(times), schedule, "grid.times"),
});
