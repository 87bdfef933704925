/** A schedule as plain data. */
export type NoiseScheduleSpec =
  | { readonly kind: "vp-linear"; readonly betaMin: number; readonly betaMax: number; readonly tMin: number }
  | { readonly kind: "vp-cosine"; readonly tMin: number; readonly tMax: number }
  | { readonly kind: "ou"; readonly tMin: number; readonly tMax: number };
