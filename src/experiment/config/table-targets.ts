import * as z from "zod";
import { numberIn } from "./rules.js";

/** Every target of a synthetic table by its name: what people call its measure, which numbers may be asked for, and what they mean. */
export const tableTargets = {
  quality: { title: "overall quality", numbers: "[0, 1]", text: "Least overall quality." },
  reference: {
    title: "overall quality beside the reference",
    numbers: "[0, 1]",
    text: "Most that the overall quality may be below that of the dense reference's rows; needs reference.dense.",
  },
  pairTrends: {
    title: "pair trends beside the baselines",
    numbers: "[0, 1]",
    text: "Least that column pair trends must be above those of every baseline.",
  },
  detection: {
    title: "detection AUC",
    numbers: "[0.5, 1]",
    text: "Most AUC of a classifier that tells synthetic rows from real ones.",
  },
  use: {
    title: "AUC of what synthetic rows teach",
    numbers: "[0, 1]",
    text: "Most that the AUC of training on synthetic rows may be below that of training on real ones; needs data.predict.",
  },
  closestRecord: {
    title: "closest record share",
    numbers: "[0, 0.5]",
    text: "Most that the share of rows whose closest record is a training row may be away from 0.5.",
  },
} as const;

/** Names of targets. */
export type TableTargetName = keyof typeof tableTargets;

const fields = Object.entries(tableTargets).map(([name, { numbers, text }]) => [
  name,
  numberIn(numbers).exactOptional().describe(text),
]);

/** What is asked of a synthetic table. */
export const tableTargetsSchema = z
  .strictObject(Object.fromEntries(fields) as Record<TableTargetName, z.ZodExactOptional<z.ZodNumber>>)
  .describe(
    "What the rows of a synthetic table are asked to reach; the run says of each whether they do, and ends well where they do not. For data of kind table. Default: nothing.",
  );

/** What is asked, by name. */
export type TableTargets = z.output<typeof tableTargetsSchema>;
