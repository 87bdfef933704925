import { asJson, isObject, type JsonObject, valueAt, withChanges } from "../json.js";
import type { SurveyedColumn, TableAnswer, TableAsk, TableProblem, TableProgress } from "../lab/table-survey.js";

/** The table that a person sets up, as far as it is known. */
export interface TableSetup {
  /** Questions are answered one by one: which answer is of the last one. */
  readonly survey: number;
  readonly asked: TableAsk;
  readonly isWaiting: boolean;
  /** How far it is read, once that is known. */
  readonly progress: TableProgress | undefined;
  /** Whether a person has ended the reading of what was asked. */
  readonly isLeft: boolean;
  /** Why the file that was chosen last is no table. */
  readonly unreadable: string | undefined;
  readonly known: KnownTable | undefined;
  /** The config that was made last: what differs from it in the page's is the person's own. */
  readonly made: JsonObject | undefined;
}

/** A table whose columns are known. */
export interface KnownTable {
  readonly ask: TableAsk;
  readonly columns: readonly SurveyedColumn[];
  /** Of its config, where it has one. */
  readonly summary: string | undefined;
  /** Why it has none. */
  readonly problem: TableProblem | undefined;
}

export function askedTable(table: TableSetup | undefined, survey: number, asked: TableAsk): TableSetup {
  const waiting = { isWaiting: true, isLeft: false, progress: undefined, unreadable: undefined };
  return { survey, asked, ...waiting, known: table?.known, made: table?.made };
}

/** A table whose reading was ended: the one before it stays. */
export function leftTable(table: TableSetup): TableSetup {
  return { ...table, isWaiting: false, isLeft: true, progress: undefined };
}

/** Where the answer has no columns, those of the table before it stay. */
export function answeredTable(table: TableSetup, { columns, overrule, ready, problem }: TableAnswer): TableSetup {
  const answered = { ...table, isWaiting: false, progress: undefined };
  if (!columns) return { ...answered, unreadable: problem?.message };
  const { schema: _, ...asked } = table.asked;
  const known = { ask: { ...asked, overrule }, columns, summary: ready?.summary, problem };
  return { ...answered, known, made: ready ? asJson(ready.config) : table.made };
}

/** What is asked of the table that is shown, which another one may be about to follow. */
export function askOf({ asked, known, isWaiting }: TableSetup): TableAsk {
  return known && (!isWaiting || known.ask.file !== asked.file) ? known.ask : asked;
}

/** The table of a config again, as its file is in the page. */
export function askAgain(config: JsonObject, file: TableAsk["file"]): TableAsk {
  const text = (key: string) => {
    const value = valueAt(config, ["data", key]);
    return typeof value === "string" ? value : undefined;
  };
  const schema = valueAt(config, ["data", "schema"]);
  const onInvalid = text("onInvalid") === "missing" ? "missing" : "error";
  const said = { clientColumn: text("clientColumn"), predict: text("predict"), onInvalid } as const;
  return { file, overrule: {}, ...said, ...(isObject(schema) && { schema }) };
}

/** What is asked of a file at first: where a config or the table before it is of the same name, what they say of it. */
export function firstAsk(config: JsonObject, table: TableSetup | undefined, file: TableAsk["file"]): TableAsk {
  if (table?.known?.ask.file.name === file.name) return { ...askOf(table), file };
  const isLinked = tablePath(config) === file.name && isObject(valueAt(config, ["data", "schema"]));
  return isLinked ? askAgain(config, file) : { file, overrule: {}, onInvalid: "error" };
}

/** The file of a config whose data are a table, where the page has it. */
export function fileOf(config: JsonObject, files: readonly TableAsk["file"][]): TableAsk["file"] | undefined {
  return files.find(({ name }) => name === tablePath(config));
}

/** How a config whose data are a table calls its file. */
export function tablePath(config: JsonObject): string | undefined {
  const path = valueAt(config, ["data", "path"]);
  return valueAt(config, ["data", "kind"]) === "table" && typeof path === "string" ? path : undefined;
}

/** Why a table that is being set up cannot run. */
export function tableProblem(config: JsonObject, table: TableSetup | undefined): string | undefined {
  if (!table) return undefined;
  const { known, asked, isWaiting } = table;
  if (known?.ask.file.name !== tablePath(config)) return undefined;
  return isWaiting && asked.file === known?.ask.file
    ? `${asked.file.name} is still being read`
    : known?.problem?.message;
}

/** The config once the answer about its table came. */
export function configAfter(
  config: JsonObject,
  { made: before, asked }: TableSetup,
  { ready }: TableAnswer,
): JsonObject {
  if (!ready || asked.schema) return config;
  const made = asJson(ready.config);
  if (before === undefined || tablePath(config) === undefined) return made;
  const changed = withChanges(config, before, made);
  return isObject(changed) ? changed : made;
}
