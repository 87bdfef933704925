import { familyOf } from "../../family.js";
import { certificate } from "./certificate.js";
import { edm } from "./edm.js";
import { minSnr } from "./min-snr.js";
import { simple } from "./simple.js";
import { snr } from "./snr.js";

/** Loss weightings by name. */
export const weightings = familyOf(simple, snr, minSnr, edm, certificate);

/** Names of the loss weightings. */
export type WeightingName = keyof typeof weightings;
