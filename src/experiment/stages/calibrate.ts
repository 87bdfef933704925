import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import { coordinatesOf } from "../../tables/calibration/fit.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { beginStage } from "../progress.js";
import { isNotComputed, type Part } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import type { ReadyRun } from "./ready-run.js";
import { calibrateColumn } from "./table-tasks.js";

type CalibratedRun = Pick<ReadyRun, "config" | "prepared" | "pool" | "signal" | "onProgress">;

/** A model, and what its table's result says of its calibration. */
export interface CalibratedModel {
  readonly model: Model;
  /** Undefined: the config asks for none. */
  readonly calibration: Part<{ readonly rows: number }> | undefined;
}

export function uncalibrated(model: Model): CalibratedModel {
  return { model, calibration: undefined };
}

/**
 * A model of a run with the calibration of rows that it draws for this alone, where it is of a table and the config asks for it. One whose draws fail in their numbers
 * stays as it is.
 */
export async function calibrateModel(run: CalibratedRun, model: Model): Promise<CalibratedModel> {
  const { config, onProgress } = run;
  const rows = config.data.kind === "table" ? config.data.calibration : 0;
  if (rows === 0) return uncalibrated(model);
  const onAdvance = beginStage(onProgress, "calibration", rows);
  const found = await attempt(() => calibrate(run, model, { count: rows, onAdvance }));
  if (!isNotComputed(found)) return { model: found, calibration: { rows } };
  onProgress({ kind: "note", text: `rows are decoded without a calibration: ${found.notComputed}` });
  return { model, calibration: found };
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
