import { familyOf } from "../../family.js";
import { csv } from "./csv.js";
import { tensorboard } from "./tensorboard.js";

export type { MetricsRow } from "./format.js";

/** Every format of live metrics by its name. */
export const metricsFormats = familyOf(csv, tensorboard);

export type MetricsName = keyof typeof metricsFormats;
