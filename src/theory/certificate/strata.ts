import type { Cells } from "../../targets/cells.js";

/** Paths of a unit: they share the times inside the steps, and their mean is one independent number. */
export const unitPaths = 8;

/** Cells up to which each has units of its own; of more, as many as a unit has paths share one. */
const mostSeparate = 64;

/** Where the paths of a unit start: [unitPaths] each. */
export interface Slots {
  /** Numbers of cells. */
  readonly cells: Uint32Array;
  /** The mean over the slots of factor times what happens there is the mean over the stratum. */
  readonly factors: Float64Array;
}

/** A law's cells, put together so that a unit visits a whole stratum. */
export interface Strata {
  /** Probabilities, [strata]. */
  readonly weights: Float64Array;
  /** Whether a stratum is several cells. */
  readonly grouped: boolean;
  slotsOf(stratum: number): Slots;
}

/** Each cell by itself where they are few; else neighbours together, every one of which each unit of theirs visits. */
export function strataOf({ weights }: Pick<Cells, "weights">): Strata {
  const cells = weights.length;
  if (cells <= mostSeparate) {
    return {
      weights: Float64Array.from(weights),
      grouped: false,
      slotsOf: (stratum) => ({
        cells: new Uint32Array(unitPaths).fill(stratum),
        factors: new Float64Array(unitPaths).fill(1),
      }),
    };
  }
  const count = Math.ceil(cells / unitPaths);
  const firstOf = (stratum: number) => Math.floor((stratum * cells) / count);
  const weightOf = (stratum: number) => {
    let sum = 0;
    for (let cell = firstOf(stratum); cell < firstOf(stratum + 1); cell++) sum += weights[cell];
    return sum;
  };
  return {
    weights: Float64Array.from({ length: count }, (_, stratum) => weightOf(stratum)),
    grouped: true,
    slotsOf(stratum) {
      const first = firstOf(stratum);
      const size = firstOf(stratum + 1) - first;
      const mass = weightOf(stratum);
      const slots = Array.from({ length: unitPaths }, (_, slot) => slot % size);
      const visits = (offset: number) => slots.filter((other) => other === offset).length;
      return {
        cells: Uint32Array.from(slots, (offset) => first + offset),
        factors: Float64Array.from(slots, (offset) =>
          mass > 0 ? (unitPaths * weights[first + offset]) / (mass * visits(offset)) : 0,
        ),
      };
    },
  };
}
