import { additive } from "./additive.js";
import { gaussian } from "./gaussian.js";
import { histogram } from "./histogram.js";
import { projection } from "./projection.js";
import type { WitnessFamily } from "./witness.js";

/** The families of functions that the lower bound chooses from. */
export const witnessFamilies: readonly WitnessFamily[] = [projection, histogram, additive, gaussian];
