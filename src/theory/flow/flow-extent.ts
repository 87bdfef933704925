import { pilotUnitsOf } from "../certificate/pilot.js";
import { type Strata, unitPaths } from "../certificate/strata.js";

/** How many units a certificate of a deterministic sampler takes. */
export interface FlowExtent {
  readonly units: number;
  /** Of the pilot, for each stratum. */
  readonly pilot: number;
  /** Rows of the data law in all of them. */
  readonly rows: number;
}

/** Units where so many rows are asked for: every stratum has one, and those of its pilot besides. */
export function flowExtent(strata: Strata, paths: number): FlowExtent {
  const { length } = strata.weights;
  const units = Math.max(Math.ceil(paths / unitPaths), length, 2);
  const pilot = pilotUnitsOf(strata, units);
  return { units, pilot, rows: (units + pilot * length) * unitPaths };
}
