import { ArgumentError, requireObject } from "../../errors.js";
import { type SweepResult, sweepResultSchema } from "../../experiment/sweep/result.js";
import { accepted } from "../accepted.js";

/**
 * A sweep's result with the defaults of its config.
 * @throws ArgumentError or ArgumentTypeError naming the part that is not as in the result.json of a sweep.
 */
export function requireSweepResult(result: SweepResult): SweepResult {
  const whole = accepted("result", sweepResultSchema, requireObject("result", result), "result.json of a sweep");
  for (const [index, { at }] of whole.rows.entries()) {
    const missing = whole.config.axes.find(({ name }) => at[name] === undefined);
    if (missing === undefined) continue;
    throw new ArgumentError(
      `result.rows[${index}].at.${missing.name}`,
      "must be the row's value on that axis",
      undefined,
    );
  }
  return whole;
}
