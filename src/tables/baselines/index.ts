import { familyOf } from "../../family.js";
import { gaussianCopula } from "./gaussian-copula.js";
import { independentColumns } from "./independent-columns.js";

export type { Baseline, BaselineOptions } from "./baseline.js";

/** Every baseline by its name, in the order in which results show them. */
export const baselines = familyOf(independentColumns, gaussianCopula);

/** Names of the baselines. */
export type BaselineName = keyof typeof baselines;
