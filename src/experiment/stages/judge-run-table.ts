import type { Table } from "../../tables/column.js";
import { isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt } from "./attempt.js";
import type { CalibratedModel } from "./calibrate.js";
import { judgeTable } from "./judge-table.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

/** What was drawn, and how it was calibrated. */
interface DrawnTables {
  readonly drawn: Part<DrawnSamples>;
  readonly referenceDrawn: Part<DrawnSamples> | undefined;
  readonly calibration: CalibratedModel["calibration"];
  readonly referenceCalibration: CalibratedModel["calibration"];
}

/** The result of the table of a run; undefined where its data are none. */
export async function judgeRunTable(
  run: ReadyRun,
  { drawn, referenceDrawn, calibration, referenceCalibration }: DrawnTables,
): Promise<ExperimentResult["table"]> {
  const { config, prepared } = run;
  const { table } = prepared.data;
  if (!table || config.data.kind !== "table") return undefined;
  const rowsOf = (
    name: string,
    part: Part<DrawnSamples>,
    [failed, made]: readonly [string, CalibratedModel["calibration"]],
  ): Part<Table> => {
    if (isNotComputed(part)) return without(name, part);
    if (isNotComputed(made)) return without(failed, made);
    if (!part.table) throw new Error(`${name} of a table must be rows`);
    return part.table;
  };
  const synthetic = rowsOf("samples", drawn, ["table.calibration", calibration]);
  const reference =
    referenceDrawn && rowsOf("reference.samples", referenceDrawn, ["table.referenceCalibration", referenceCalibration]);
  const { clientColumn } = config.data;
  return attempt(async () => ({
    ...(calibration && { calibration }),
    ...(referenceCalibration && { referenceCalibration }),
    ...(await judgeTable(run, {
      ...table,
      ...{ dimension: table.encoding.dimension, synthetic, reference, clientColumn },
      prediction: table.prediction,
      targets: config.evaluation.targets,
      clients: table.clients?.names,
      clientRows: config.privacy ? undefined : prepared.clientRows,
    })),
  }));
}
