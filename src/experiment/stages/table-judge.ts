import type { Table } from "../../tables/column.js";
import { compareAreas, type LearntArea } from "../../tables/judges/efficacy.js";
import type { Foretold } from "../../tables/judges/foretold.js";
import type { PrivacyTables } from "../../tables/judges/privacy-measure.js";
import { firstRows, takeRows } from "../../tables/table-rows.js";
import type { Prediction } from "../prepare/prediction.js";
import { beginStage } from "../progress.js";
import { type Computed, isNotComputed, type Part } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt } from "./attempt.js";
import { clientsToJudge, leastClientRows } from "./clients-to-judge.js";
import { fullScore, plainScore, propertiesOf } from "./table-scores.js";
import {
  chooseFeatures,
  detectRows,
  judgeNewRows,
  judgeRowPrivacy,
  judgeTableQuality,
  learnRows,
  serveClients,
} from "./table-tasks.js";
import type { JudgingRun, TableToJudge } from "./table-to-judge.js";

type TableResult = Computed<ExperimentResult["table"]>;
export type JudgedTable = Computed<TableResult["synthetic"]>;
type Clients = Computed<TableResult["clients"]>;

/** Most synthetic rows that the rows of a client are compared with. */
const mostServing = 2000;
/** Clients that are judged in one call. */
const clientsAtOnce = 8;

/** Training rows and whose they are. */
export type ServedTable = Pick<TableToJudge, "train" | "clientColumn" | "clients"> & {
  readonly clientRows: readonly Uint32Array[];
};

/** What is to be learnt from rows, from which of their columns, and what training rows teach of it. */
export interface Learning {
  readonly foretold: Foretold;
  /** Columns that would give it away. */
  readonly leftOut: readonly string[];
  readonly onReal: Part<LearntArea>;
}

/** Asks the pool for what measures say. */
export class TableJudge {
  readonly #run: JudgingRun;
  readonly #table: TableToJudge;
  readonly #advance: () => void;

  /** @param parts how many tables there are to judge, that of the clients included. */
  constructor(run: JudgingRun, table: TableToJudge, parts: number) {
    const advance = beginStage(run.onProgress, "table", parts);
    let done = 0;
    this.#run = run;
    this.#table = table;
    this.#advance = () => advance(++done);
  }

  /** Rows that a generator made. @param learning undefined: nothing is to be learnt. */
  async judge(rows: Table, learning: Part<Learning> | undefined): Promise<JudgedTable> {
    const { heldOut, train } = this.#table;
    const [judged, detection, privacy, use] = await Promise.all([
      this.#besideTraining(rows),
      attempt(() => this.#detect(rows)),
      attempt(() => this.#privacy({ train, heldOut, synthetic: rows })),
      learning && (isNotComputed(learning) ? learning : attempt(() => this.#use(rows, learning))),
    ]);
    this.#advance();
    return { rows: rows.rows, ...judged, detection, ...(use && { use }), privacy };
  }

  /** Real rows in the place of synthetic ones: what a perfect generator would measure. @param drawn how many of these there are. */
  async judgeReal(drawn: number, learning: Part<Learning> | undefined): Promise<JudgedTable> {
    const { heldOut, train } = this.#table;
    const half = heldOut.rows >> 1;
    const other = Uint32Array.from({ length: heldOut.rows - half }, (_, row) => half + row);
    const fresh = { train, heldOut: takeRows(heldOut, other), synthetic: firstRows(heldOut, half) };
    const [judged, detection, privacy] = await Promise.all([
      this.#besideTraining(heldOut),
      attempt(() => this.#detect(firstRows(train, drawn))),
      attempt(() => this.#privacy(fresh)),
    ]);
    this.#advance();
    const use = learning && (isNotComputed(learning) ? learning : realUse(learning));
    return { rows: heldOut.rows, ...judged, detection, ...(use && { use }), privacy };
  }

  /** What training rows teach of what a config has foretold. */
  async learning({ words: _words, ...asked }: Prediction): Promise<Learning> {
    const { train, heldOut: test } = this.#table;
    const { pool, config, signal } = this.#run;
    const { from, leftOut } = await pool.call(chooseFeatures, { train, test, ...asked, seed: config.seed }, { signal });
    const foretold = { ...asked, from };
    return { foretold, leftOut, onReal: await attempt(() => this.#learn(train, foretold)) };
  }

  /** Synthetic rows beside those of each client. */
  async clients({ train, clientRows, clientColumn, clients: names }: ServedTable, synthetic: Table): Promise<Clients> {
    const { pool, signal } = this.#run;
    const { heldOut } = this.#table;
    const compared = Math.min(mostServing, synthetic.rows, heldOut.rows);
    const shown = (table: Table) => ({
      ...table,
      columns: table.columns.filter(({ name }) => name !== clientColumn),
    });
    const beside = { synthetic: shown(firstRows(synthetic, compared)), real: shown(firstRows(heldOut, compared)) };
    const chosen = clientsToJudge(clientRows.map(({ length }) => length));
    const calls = chunks(chosen).map(async (part) => {
      const clients = part.map((client) => shown(takeRows(train, clientRows[client])));
      const served = await pool.call(serveClients, { clients, ...beside }, { signal });
      return served.map((each, index) => ({
        client: part[index],
        ...(names && { name: names[part[index]] }),
        rows: clientRows[part[index]].length,
        synthetic: propertiesOf(each.synthetic),
        real: propertiesOf(each.real),
      }));
    });
    const judged = (await Promise.all(calls)).flat();
    this.#advance();
    return {
      ...{ compared, leastRows: leastClientRows, judged, left: clientRows.length - judged.length },
      ...(clientColumn !== undefined && { leftOut: clientColumn }),
    };
  }

  async #besideTraining(rows: Table): Promise<Pick<JudgedTable, "quality" | "newRows">> {
    const { train: real, heldOut } = this.#table;
    const { pool, config, signal } = this.#run;
    const equalRows = Math.min(heldOut.rows, rows.rows);
    const [quality, newRows] = await Promise.all([
      attempt(async () => {
        const {
          report,
          columns,
          equalRows: equal,
        } = await pool.call(judgeTableQuality, { real, rows, equalRows }, { signal });
        return {
          ...propertiesOf(report),
          columns: report.shapes.map(({ column: name, score }, index) => ({
            ...{ name, shape: plainScore(score) },
            coverage: plainScore(columns[index].coverage),
            adherence: plainScore(columns[index].adherence),
          })),
          pairs: report.trends.map(({ columns: [first, second], measure, score }) => ({
            columns: [first, second] as const,
            ...{ measure, score: plainScore(score) },
          })),
          equalRows: { rows: equalRows, ...propertiesOf(equal) },
        };
      }),
      attempt(async () => fullScore(await pool.call(judgeNewRows, { real, rows, seed: config.seed }, { signal }))),
    ]);
    return { quality, newRows };
  }

  async #detect(rows: Table): Promise<Computed<JudgedTable["detection"]>> {
    const { heldOut: real } = this.#table;
    const { pool, config, signal } = this.#run;
    return fullScore(await pool.call(detectRows, { real, rows, seed: config.seed }, { signal }));
  }

  async #privacy(tables: PrivacyTables): Promise<Computed<JudgedTable["privacy"]>> {
    const { pool, config, signal } = this.#run;
    const said = await pool.call(judgeRowPrivacy, { ...tables, seed: config.seed }, { signal });
    return {
      closestRecordShare: fullScore(said.closestRecordShare),
      nearestNeighbourRatio: fullScore(said.nearestNeighbourRatio),
      membershipInference: fullScore(said.membershipInference),
      exactCopies: fullScore(said.exactCopies),
    };
  }

  async #use(rows: Table, { foretold, onReal }: Learning): Promise<Computed<NonNullable<JudgedTable["use"]>>> {
    const real = isNotComputed(onReal) ? `not computed: ${onReal.notComputed}` : onReal;
    const { synthetic, difference } = compareAreas(await this.#learn(rows, foretold), real);
    return { learnt: fullScore(synthetic), difference: fullScore(difference) };
  }

  #learn(learnt: Table, foretold: Foretold): Promise<LearntArea> {
    const { train, heldOut: test } = this.#table;
    const { pool, config, signal } = this.#run;
    return pool.call(learnRows, { learnt, train, test, ...foretold, seed: config.seed }, { signal });
  }
}

function realUse({ onReal }: Learning): JudgedTable["use"] {
  return isNotComputed(onReal) ? onReal : { learnt: fullScore(compareAreas(onReal, onReal).real) };
}

function chunks(clients: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(clients.length / clientsAtOnce) }, (_, part) =>
    clients.slice(part * clientsAtOnce, (part + 1) * clientsAtOnce),
  );
}
