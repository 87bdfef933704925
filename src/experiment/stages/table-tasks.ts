import { memberNamed } from "../../family.js";
import { type Baseline, baselines } from "../../tables/baselines/index.js";
import { fitColumn } from "../../tables/calibration/fit.js";
import type { ColumnCalibration } from "../../tables/calibration/table-calibration.js";
import type { Table } from "../../tables/column.js";
import type { ColumnEncoding } from "../../tables/encoding/column-encoding.js";
import { detection } from "../../tables/judges/detection.js";
import {
  type EfficacyOptions,
  type Features,
  featuresFor,
  type LearntArea,
  type LearntTables,
  learntArea,
} from "../../tables/judges/efficacy.js";
import { columnMeasures } from "../../tables/judges/index.js";
import type { Measured } from "../../tables/judges/measured.js";
import { newRowSynthesis } from "../../tables/judges/new-row-synthesis.js";
import { judgePrivacy, type PrivacyMeasureName } from "../../tables/judges/privacy.js";
import type { PrivacyTables } from "../../tables/judges/privacy-measure.js";
import { type QualityReport, qualityReport } from "../../tables/judges/quality-report.js";
import { alikeColumns } from "../../tables/require-tables.js";
import { firstRows } from "../../tables/table-rows.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

interface Seeded {
  readonly seed: number;
}

/** Rows to be drawn from a simple generator. */
export interface BaselineRequest extends Seeded {
  readonly baseline: string;
  readonly table: Table;
  readonly rows: number;
}

export const drawBaseline: WorkerFunction<BaselineRequest, Table> = {
  name: "drawBaseline",
  run: (engine, { baseline, table, rows, seed }) =>
    memberNamed<Baseline>(baselines, "baseline", baseline).generate(engine, table, { rows, seed }),
};

/** A column of an encoding, and its coordinates in rows that were drawn, float32 [rows, width]. */
interface DrawnColumn {
  readonly column: ColumnEncoding;
  readonly drawn: Float32Array;
}

export const calibrateColumn: WorkerFunction<DrawnColumn, ColumnCalibration> = {
  name: "calibrateColumn",
  run: (_engine, { column, drawn }) => fitColumn(column, drawn),
};

/** Rows that are judged beside real ones. */
export interface RowsBeside {
  readonly real: Table;
  readonly rows: Table;
}

/** What measures of one column say. */
export interface JudgedColumn {
  readonly coverage: Measured;
  readonly adherence: Measured;
}

export interface JudgedQuality {
  readonly report: QualityReport;
  /** In the order of the table. */
  readonly columns: readonly JudgedColumn[];
  /** The same report of the first rows alone. */
  readonly equalRows: QualityReport;
}

export const judgeTableQuality: WorkerFunction<RowsBeside & { readonly equalRows: number }, JudgedQuality> = {
  name: "judgeTableQuality",
  run: (_engine, { real, rows, equalRows }) => {
    const report = qualityReport(real, rows);
    const columns = real.columns.map((column, index): JudgedColumn => {
      const pair = alikeColumns(column, rows.columns[index]);
      const { RangeCoverage, BoundaryAdherence, CategoryCoverage, CategoryAdherence } = columnMeasures;
      return pair.kind === "number"
        ? {
            coverage: RangeCoverage.evaluate(pair.real, pair.synthetic),
            adherence: BoundaryAdherence.evaluate(pair.real, pair.synthetic),
          }
        : {
            coverage: CategoryCoverage.evaluate(pair.real, pair.synthetic),
            adherence: CategoryAdherence.evaluate(pair.real, pair.synthetic),
          };
    });
    const first = firstRows(rows, equalRows);
    return { report, columns, equalRows: first === rows ? report : qualityReport(real, first) };
  },
};

export const judgeNewRows: WorkerFunction<RowsBeside & Seeded, Measured> = {
  name: "judgeNewRows",
  run: (engine, { real, rows, seed }) => newRowSynthesis(engine, real, rows, { seed }),
};

export const detectRows: WorkerFunction<RowsBeside & Seeded, Measured> = {
  name: "detectRows",
  run: (engine, { real, rows, seed }) => detection(engine, real, rows, { seed }),
};

export const judgeRowPrivacy: WorkerFunction<PrivacyTables & Seeded, Record<PrivacyMeasureName, Measured>> = {
  name: "judgeRowPrivacy",
  run: (engine, { train, heldOut, synthetic, seed }) => judgePrivacy(engine, { train, heldOut, synthetic }, { seed }),
};

export const chooseFeatures: WorkerFunction<Omit<LearntTables, "learnt"> & EfficacyOptions, Features> = {
  name: "chooseFeatures",
  run: (engine, { train, test, ...options }) => featuresFor(engine, { train, test }, options),
};

export const learnRows: WorkerFunction<LearntTables & EfficacyOptions, LearntArea> = {
  name: "learnRows",
  run: (engine, { learnt, train, test, ...options }) => learntArea(engine, { learnt, train, test }, options),
};

/** The rows of some clients, and what they are compared with. */
export interface ServedClients {
  readonly clients: readonly Table[];
  readonly synthetic: Table;
  /** As many real rows. */
  readonly real: Table;
}

/** Of one client: synthetic rows beside its rows, and real ones. */
export type Served = Readonly<Record<"synthetic" | "real", QualityReport>>;

export const serveClients: WorkerFunction<ServedClients, Served[]> = {
  name: "serveClients",
  run: (_engine, { clients, synthetic, real }) =>
    clients.map((own) => ({ synthetic: qualityReport(own, synthetic), real: qualityReport(own, real) })),
};
