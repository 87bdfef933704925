import type { RowWeights } from "./row-weights.js";

/** Rows of all parts, one after the other. */
export function joinedRows(parts: readonly RowWeights[]): RowWeights {
  const concatenated = (name: Exclude<keyof RowWeights, "noise" | "reach">) =>
    Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return {
    u: concatenated("u"),
    conditional: concatenated("conditional"),
    logDensity: concatenated("logDensity"),
    square: concatenated("square"),
    factors: concatenated("factors"),
    coins: concatenated("coins"),
    spread: concatenated("spread"),
    noise: parts.reduce((least, { noise }) => Math.min(least, noise), Number.POSITIVE_INFINITY),
    reach: parts.reduce((most, { reach }) => Math.max(most, reach), 0),
  };
}
