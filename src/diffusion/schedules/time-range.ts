import type { Problem } from "../../family.js";

/** That the first time which is used is below the last. */
export function risingTimes({ tMin, tMax }: { readonly tMin: number; readonly tMax: number }): Problem | undefined {
  return tMin < tMax ? undefined : { path: ["tMin"], rule: `must lie in (0, tMax = ${tMax})`, value: tMin };
}
