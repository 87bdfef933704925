import { throwIfAborted } from "../../errors.js";
import { type InversionQuality, perfectQuality } from "./flow.js";
import type { FlowUnitCosts, FlowUnitRequest } from "./flow-units.js";

/** Runs units somewhere and gives what they found. */
export type FlowRunner = (units: FlowUnitRequest, signal?: AbortSignal) => Promise<FlowUnitCosts>;

/** Units of one call of the runner: few, so that an abort is heard soon. */
const callUnits = 4;

/** Runs units one after the other: a unit's number is its identity. */
export class FlowCalls {
  readonly #runUnits: FlowRunner;
  readonly #signal: AbortSignal | undefined;
  #next = 0;

  constructor(runUnits: FlowRunner, signal: AbortSignal | undefined) {
    this.#runUnits = runUnits;
    this.#signal = signal;
  }

  /** A unit for each entry, of that stratum. */
  async units(strata: Uint32Array, onUnits?: (done: number) => void): Promise<FlowUnitCosts> {
    throwIfAborted(this.#signal);
    const first = this.#next;
    this.#next += strata.length;
    let done = 0;
    const calls = Array.from({ length: Math.ceil(strata.length / callUnits) }, async (_, call) => {
      const part = strata.slice(call * callUnits, (call + 1) * callUnits);
      const costs = await this.#runUnits({ first: first + call * callUnits, strata: part }, this.#signal);
      done += part.length;
      onUnits?.(done);
      return costs;
    });
    return joinedCosts(await Promise.all(calls));
  }
}

/** What all parts found, one after the other. */
function joinedCosts(parts: readonly FlowUnitCosts[]): FlowUnitCosts {
  const concatenated = (name: "ratio" | "density" | "stray") =>
    Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return {
    ratio: concatenated("ratio"),
    density: concatenated("density"),
    stray: concatenated("stray"),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    reach: parts.reduce((most, { reach }) => Math.max(most, reach), 0),
    quality: parts.reduce((worst, { quality }) => worseOf(worst, quality), perfectQuality()),
  };
}

/** The worst of both. */
export function worseOf(a: InversionQuality, b: InversionQuality): InversionQuality {
  return {
    residual: Math.max(a.residual, b.residual),
    inverseNorm: Math.max(a.inverseNorm, b.inverseNorm),
    lipschitz: Math.min(a.lipschitz, b.lipschitz),
  };
}
