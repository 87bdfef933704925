import { farStrata, repeated } from "./plan.js";
import type { Strata } from "./strata.js";
import { type Pilot, valuesOf } from "./tally.js";
import { joined, type UnitCalls } from "./unit-calls.js";

/** Least and most pilot units of a stratum; the least also of a group of cells that stood out. */
const least = 4;
const most = 16;

/** Pilot units for each stratum: about a tenth of all; one where strata are groups of cells. */
export function pilotUnitsOf({ weights, grouped }: Strata, units: number): number {
  return grouped ? 1 : Math.min(most, Math.max(least, Math.round((0.1 * units) / weights.length)));
}

/** `each` units for each stratum, and a few more where a single one lies far from the others. */
export async function runPilot(run: UnitCalls, strata: Strata, each: number, closed: boolean): Promise<Pilot> {
  const count = strata.weights.length;
  const first = await pilotOf(run, new Uint32Array(count).fill(each));
  if (each > 1) return first;
  const more = new Uint32Array(count);
  for (const stratum of farStrata(valuesOf(first.costs, closed).path, first.strata, count)) more[stratum] = least;
  if (!more.some((units) => units > 0)) return first;
  const second = await pilotOf(run, more);
  return {
    costs: joined([first.costs, second.costs]),
    strata: Uint32Array.from([...first.strata, ...second.strata]),
  };
}

async function pilotOf(run: UnitCalls, counts: Uint32Array): Promise<Pilot> {
  const strata = repeated(counts);
  return { costs: await run.units(strata, counts), strata };
}
