import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import { coordinatesOf, fitColumn } from "../../tables/calibration/fit.js";
import type { ColumnCalibration } from "../../tables/calibration/table-calibration.js";
import type { ColumnEncoding } from "../../tables/encoding/column-encoding.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";
import { beginStage } from "../progress.js";
import { isNotComputed } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import type { ReadyRun } from "./ready-run.js";

/** A column of an encoding, and its coordinates in rows that were drawn, float32 [rows, width]. */
interface DrawnColumn {
  readonly column: ColumnEncoding;
  readonly drawn: Float32Array;
}

export const calibrateColumn: WorkerFunction<DrawnColumn, ColumnCalibration> = {
  name: "calibrateColumn",
  run: (_engine, { column, drawn }) => fitColumn(column, drawn),
};

type CalibratedRun = Pick<ReadyRun, "config" | "prepared" | "pool" | "signal" | "onProgress">;

/**
 * The models of a run, each with the calibration of rows that it draws for this alone, where they are of a table and the config asks for it. A model whose draws fail
 * in their numbers stays as it is: its samples will say so.
 */
export async function calibrateModels(run: CalibratedRun, models: readonly Model[]): Promise<Model[]> {
  const { config, onProgress } = run;
  const count = config.data.kind === "table" ? config.data.calibration : 0;
  if (count === 0) return [...models];
  const advance = beginStage(onProgress, "calibration", count * models.length);
  const calibrated: Model[] = [];
  for (const [index, model] of models.entries()) {
    const onAdvance = (done: number) => advance(index * count + done);
    const found = await attempt(() => calibrate(run, model, { count, onAdvance }));
    calibrated.push(isNotComputed(found) ? model : found);
  }
  return calibrated;
}

interface Draws {
  readonly count: number;
  readonly onAdvance: (done: number) => void;
}

async function calibrate(
  { config, prepared, pool, signal }: CalibratedRun,
  model: Model,
  { count, onAdvance }: Draws,
): Promise<Model> {
  const { table } = model;
  if (!table) return model;
  const seed = derivedSeed(config.seed, "calibration");
  const latent = await sampleInPool(pool, requestOf(model, { seed, count }), { signal, onAdvance });
  const drawn = finite("rows for calibration", prepared.transform.inverse(latent));
  const { encoding } = table;
  const columns = await Promise.all(
    encoding.columns.map((column, index) =>
      pool.call(calibrateColumn, { column, drawn: coordinatesOf(encoding, index, drawn) }, { signal }),
    ),
  );
  return { ...model, table: { ...table, calibration: { columns } } };
}
