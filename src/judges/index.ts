import { familyOf } from "../family.js";
import { classHistogram } from "./class-histogram.js";
import { classifierFrechet } from "./classifier-frechet.js";
import { conditionalAccuracy } from "./conditional-accuracy.js";
import { coverage } from "./coverage.js";
import { density } from "./density.js";
import { inceptionScore } from "./inception-score.js";
import type { Judge } from "./judge.js";
import { precision } from "./precision.js";
import { recall } from "./recall.js";

export type { Judge, JudgedRows } from "./judge.js";

/** Every judge by its name, in the order in which results show them. */
export const judges = familyOf(
  classifierFrechet,
  inceptionScore,
  precision,
  recall,
  density,
  coverage,
  classHistogram,
  conditionalAccuracy,
);

/** Names of the judges. */
export type JudgeName = keyof typeof judges;

/** Heading of a judge for people; of one that is not in the index, its name. */
export function judgeTitle(name: string): string {
  const known = new Map<string, Judge>(Object.entries(judges));
  return known.get(name)?.title ?? name;
}
