import { member, type Problem } from "../../family.js";
import { numbers, required } from "../../fields.js";
import { betaOf, largestLogSnr, type NoiseSchedule } from "../schedule.js";

/** Straight lines of log snr between points of the user's own. */
export const user = member({
  kind: "user",
  source: "log snr is all that a schedule is: Kingma et al., arXiv 2107.00630",
  text: "Log snr at times of your own, straight lines between them.",
  fields: {
    times: numbers("(0, inf)", required, "Strictly increasing times; the first is where sampling stops.", 2),
    logSnr: numbers(
      `[-${largestLogSnr}, ${largestLogSnr}]`,
      required,
      "log(alpha^2 / sigma^2) at each of the times, strictly decreasing.",
      2,
    ),
  },
  check: ({ times, logSnr }) =>
    outOfOrder("times", times, "above", (value, before) => value > before) ??
    outOfOrder("logSnr", logSnr, "below", (value, before) => value < before) ??
    (times.length === logSnr.length
      ? undefined
      : {
          path: ["logSnr"],
          rule: `must have ${times.length} entries, one for each of the times`,
          value: logSnr.length,
        }),
  create({ times, logSnr }): NoiseSchedule {
    const last = times.length - 1;
    const slopeOf = (k: number) => (logSnr[k + 1] - logSnr[k]) / (times[k + 1] - times[k]);
    /** The line that holds the first point for which `isBeyond`. */
    const lineBefore = (isBeyond: (k: number) => boolean): number => {
      let [low, high] = [1, last];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (isBeyond(middle)) high = middle;
        else low = middle + 1;
      }
      return low - 1;
    };
    const lineAt = (t: number) => lineBefore((k) => times[k] >= t);
    const at = (t: number): number => {
      const k = lineAt(t);
      return t === times[k + 1] ? logSnr[k + 1] : logSnr[k] + (t - times[k]) * slopeOf(k);
    };
    return {
      name: "user",
      tMin: times[0],
      tMax: times[last],
      logSnr: at,
      time: (value) => {
        const k = lineBefore((each) => logSnr[each] <= value);
        return value === logSnr[k + 1] ? times[k + 1] : times[k] + (value - logSnr[k]) / slopeOf(k);
      },
      beta: (t) => betaOf(at(t), -slopeOf(lineAt(t))),
    };
  },
});

function outOfOrder(
  key: string,
  values: readonly number[],
  word: "above" | "below",
  follows: (value: number, before: number) => boolean,
): Problem | undefined {
  const k = values.findIndex((value, index) => index > 0 && !follows(value, values[index - 1]));
  return k < 0
    ? undefined
    : { path: [key, k], rule: `must be ${word} ${key}[${k - 1}] = ${values[k - 1]}`, value: values[k] };
}
