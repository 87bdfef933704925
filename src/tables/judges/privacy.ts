import { requireInteger, requireObject } from "../../errors.js";
import { familyOf } from "../../family.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { requireOptions } from "../../options.js";
import { requireAlike, requireSomeRows } from "../require-tables.js";
import { fewerRows } from "../table-rows.js";
import { closestRecordShare } from "./closest-record-share.js";
import type { TableJudgeOptions } from "./detection.js";
import { exactCopies } from "./exact-copies.js";
import type { Measured } from "./measured.js";
import { membershipInference } from "./membership-inference.js";
import { nearestNeighbourRatio } from "./nearest-neighbour-ratio.js";
import type { PrivacyTables, PrivacyView } from "./privacy-measure.js";
import { nearestRows, RowSpace } from "./row-space.js";

/** Most rows of each table between which distances are taken. */
const maxRows = 5000;

/** Every privacy measure by its name, in the order in which results show them. */
export const privacyMeasures = familyOf(closestRecordShare, nearestNeighbourRatio, membershipInference, exactCopies);

/** Names of the privacy measures. */
export type PrivacyMeasureName = keyof typeof privacyMeasures;

/**
 * What synthetic rows give away of the training rows, by every privacy measure. Distances are taken between at most 5,000 rows of each table, a seeded
 * subsample of larger ones; those to training and to held-out rows among equally many of both.
 * @throws ArgumentError unless the tables have the same columns and a row each.
 */
export function judgePrivacy(
  engine: Engine,
  tables: PrivacyTables,
  options: TableJudgeOptions,
): Record<PrivacyMeasureName, Measured> {
  requireEngine(engine);
  const { train, heldOut, synthetic } = requireObject("tables", tables);
  requireAlike({ train, heldOut, synthetic });
  requireSomeRows({ train, heldOut, synthetic });
  const { seed } = requireOptions("options", options, ["seed"]);
  requireInteger("seed", seed, 0);
  const view = viewOf(engine, { train, heldOut, synthetic }, seed);
  return {
    closestRecordShare: closestRecordShare.evaluate(view),
    nearestNeighbourRatio: nearestNeighbourRatio.evaluate(view),
    membershipInference: membershipInference.evaluate(view),
    exactCopies: exactCopies.evaluate(view),
  };
}

function viewOf(engine: Engine, tables: PrivacyTables, seed: number): PrivacyView {
  const { train, heldOut, synthetic } = tables;
  const compared = Math.min(train.rows, heldOut.rows, maxRows);
  const space = new RowSpace(train);
  const placed = (table: PrivacyTables["train"], most: number) => space.place(fewerRows(engine, table, most, seed));
  const drawn = placed(synthetic, maxRows);
  return {
    ...tables,
    compared,
    toTrain: nearestRows(drawn, placed(train, compared)),
    toHeldOut: nearestRows(drawn, placed(heldOut, compared)),
    fromTrain: nearestRows(placed(train, maxRows), drawn).first,
    fromHeldOut: nearestRows(placed(heldOut, maxRows), drawn).first,
  };
}
