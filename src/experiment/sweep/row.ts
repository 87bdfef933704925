import { type Json, valueAt } from "../config/paths.js";
import { isNotComputed, type NotComputed, type Part } from "../result/not-computed.js";
import type { SweepConfig } from "./config.js";
import type { SweepPoint } from "./points.js";
import type { SweepRow } from "./summary.js";

/** The measures of a point, and why it has failed where it has: it, or a part that a measure names, could not be computed. */
export function rowOf({ measures }: SweepConfig, { at, seed }: SweepPoint, result: Part<Json>): SweepRow {
  const values = measures.map(({ name, path }) => {
    const value = valueAt(result, path);
    return [name, typeof value === "number" ? value : null] as const;
  });
  const failed = measures.map(({ path }) => failureOn(result, path)).find((each) => each !== undefined);
  return { at, seed, measures: Object.fromEntries(values), ...(failed && { failed }) };
}

/** What stands on the way to a value in the place of a part that could not be computed. */
function failureOn(result: Part<Json>, path: string): NotComputed | undefined {
  if (isNotComputed(result)) return result;
  const keys = path.split(".");
  for (let count = 1; count <= keys.length; count++) {
    const part = keys.slice(0, count).join(".");
    const found = valueAt(result, part);
    // A divergence has its floor also where it was not computed itself.
    if (!isNotComputed(found) || keys[count] in found) continue;
    const { notComputed, code } = found;
    return { notComputed: `${part}: ${notComputed}`, code };
  }
  return undefined;
}
