import { throwIfAborted } from "../../errors.js";
import type { Strata } from "./strata.js";
import type { StepVisits, UnitCosts, UnitRequest } from "./units.js";

/** Runs units somewhere and gives their costs back, in order. */
export type UnitRunner = (units: UnitRequest, signal?: AbortSignal) => Promise<UnitCosts>;

/** Units of one call of the runner: sums over steps are made call by call, so they do not depend on the number of workers. */
const callUnits = 64;

/** Runs units one after the other: a unit's number is its identity. */
export class UnitCalls {
  readonly #strata: Strata;
  readonly #visits: StepVisits;
  readonly #runUnits: UnitRunner;
  readonly #signal: AbortSignal | undefined;
  #next = 0;

  constructor(strata: Strata, visits: StepVisits, runUnits: UnitRunner, signal: AbortSignal | undefined) {
    this.#strata = strata;
    this.#visits = visits;
    this.#runUnits = runUnits;
    this.#signal = signal;
  }

  /** Units of these strata, `counts` of each in all. */
  async units(strata: Uint32Array, counts: Uint32Array, onUnits?: (done: number) => void): Promise<UnitCosts> {
    throwIfAborted(this.#signal);
    const first = this.#next;
    this.#next += strata.length;
    let done = 0;
    const calls = Array.from({ length: Math.ceil(strata.length / callUnits) }, async (_, call) => {
      const part = strata.subarray(call * callUnits, (call + 1) * callUnits);
      const shares = Float64Array.from(part, (stratum) => this.#strata.weights[stratum] / counts[stratum]);
      const request = { first: first + call * callUnits, strata: part.slice(), shares, ...this.#visits };
      const costs = await this.#runUnits(request, this.#signal);
      done += part.length;
      onUnits?.(done);
      return costs;
    });
    return joined(await Promise.all(calls));
  }
}

/** Costs of all parts, one after the other. */
export function joined(parts: readonly UnitCosts[]): UnitCosts {
  const concatenated = (name: "total" | "score" | "discretization" | "initialization") =>
    Float64Array.from(parts.flatMap((part) => [...part[name]]));
  const added = (name: "stepScore" | "stepDiscretization" | "mmse") =>
    parts[0][name].map((_, k) => parts.reduce((sum, part) => sum + part[name][k], 0));
  return {
    total: concatenated("total"),
    score: concatenated("score"),
    discretization: concatenated("discretization"),
    initialization: concatenated("initialization"),
    stepScore: added("stepScore"),
    stepDiscretization: added("stepDiscretization"),
    mmse: added("mmse"),
    reach: parts.reduce((most, { reach }) => Math.max(most, reach), 0),
  };
}
