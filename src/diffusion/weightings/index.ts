import type { Weighting } from "../weighting.js";
import { certificate } from "./certificate.js";
import { edm } from "./edm.js";
import { minSnr } from "./min-snr.js";
import { simple } from "./simple.js";
import { snr } from "./snr.js";

/** Loss weightings by name. */
export const weightings = { simple, snr, "min-snr": minSnr, edm, certificate } satisfies Record<string, Weighting>;

/** Names of the loss weightings. */
export type WeightingName = keyof typeof weightings;
