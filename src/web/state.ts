import type { ExperimentConfig } from "../experiment/config/schema.js";
import { starterConfig, targetData } from "../experiment/init/starter.js";
import { asJson, isObject, type Json, type JsonObject, type Path, withValue } from "./json.js";
import type { LabEvent, ReadingEvent, SurveyEvent, TableEvent } from "./lab/messages.js";
import type { DroppedFile } from "./lab/page-file.js";
import type { TableAsk } from "./lab/table-survey.js";
import { afterEvent, type RunView, startedRun } from "./run-view.js";
import type { Survey } from "./survey.js";
import { answeredTable, askedTable, configAfter, leftTable, type TableSetup, tablePath } from "./table/table-setup.js";

/** All that the page knows. */
export interface LabState {
  /** The config that is being written. */
  readonly config: JsonObject;
  readonly files: readonly DroppedFile[];
  /** What the last file turned out to be. */
  readonly survey: Survey | undefined;
  /** The table that is being set up. */
  readonly table: TableSetup | undefined;
  /** In the order in which they were started. */
  readonly runs: readonly RunView[];
  /** The run that is shown. */
  readonly shown: number | undefined;
  /** Runs that are left out of the comparison. */
  readonly leftOut: ReadonlySet<number>;
  /** Why the lab cannot work. */
  readonly broken: string | undefined;
}

export type LabAction =
  | { readonly kind: "set"; readonly path: Path; readonly value: Json | undefined }
  | { readonly kind: "write"; readonly config: JsonObject }
  | { readonly kind: "data"; readonly config: JsonObject }
  | { readonly kind: "file"; readonly survey: number; readonly file: DroppedFile }
  | { readonly kind: "table"; readonly survey: number; readonly ask: TableAsk }
  | { readonly kind: "leaveTable" }
  | { readonly kind: "start"; readonly run: number; readonly config: ExperimentConfig }
  | { readonly kind: "show"; readonly run: number }
  | { readonly kind: "compare"; readonly run: number; readonly isCompared: boolean }
  | { readonly kind: "forget"; readonly run: number }
  | { readonly kind: "broken"; readonly message: string }
  | { readonly kind: "heard"; readonly event: Exclude<LabEvent, { readonly kind: "file" | "noFile" }> };

/** Rows of the interval of a first run: fewer than by default, as a page has few workers. */
const intervalRows = 1024;

/** A page that was just opened: eight components on a ring, four clients. */
export function firstState(given: JsonObject | undefined): LabState {
  const config = given ?? firstConfig();
  const nothing = { survey: undefined, table: undefined, shown: undefined, broken: undefined };
  return { config, files: [], runs: [], leftOut: new Set(), ...nothing };
}

function firstConfig(): JsonObject {
  const config = starterConfig(targetData("ring"));
  return asJson({ ...config, certificate: { ...config.certificate, intervalRows } });
}

export function afterAction(state: LabState, action: LabAction): LabState {
  switch (action.kind) {
    case "set": {
      const config = withValue(state.config, action.path, action.value);
      return isObject(config) ? { ...state, config } : state;
    }
    case "write":
      return { ...state, config: action.config };
    case "data":
      return { ...state, config: withData(state.config, action.config), survey: undefined, table: undefined };
    case "table":
      return { ...state, table: askedTable(state.table, action.survey, action.ask) };
    case "leaveTable":
      return { ...state, table: state.table && leftTable(state.table) };
    case "file": {
      const { survey: id, file } = action;
      const survey = { id, name: file.name, text: `Reading ${file.name} …`, isProblem: false };
      return { ...state, files: withFile(state.files, file), survey };
    }
    case "start": {
      const run = startedRun(action.run, state.config, action.config);
      return { ...state, runs: [...state.runs, run], shown: action.run };
    }
    case "show":
      return { ...state, shown: action.run };
    case "compare": {
      const leftOut = new Set(state.leftOut);
      if (action.isCompared) leftOut.delete(action.run);
      else leftOut.add(action.run);
      return { ...state, leftOut };
    }
    case "forget": {
      const runs = state.runs.filter(({ id }) => id !== action.run);
      return { ...state, runs, shown: state.shown === action.run ? runs.at(-1)?.id : state.shown };
    }
    case "broken":
      return { ...state, broken: action.message };
    case "heard":
      return afterHearing(state, action.event);
  }
}

function afterHearing(state: LabState, event: Extract<LabAction, { kind: "heard" }>["event"]): LabState {
  if (event.kind === "surveyed" || event.kind === "unreadable") return afterSurvey(state, event);
  if (event.kind === "table") return afterTable(state, event);
  if (event.kind === "reading") return afterReading(state, event);
  const runs = state.runs.map((run) => (run.id === event.run ? afterEvent(run, event.event) : run));
  return { ...state, runs };
}

function afterSurvey(state: LabState, event: SurveyEvent): LabState {
  const { survey } = state;
  if (survey?.id !== event.survey) return state;
  if (event.kind === "unreadable") return { ...state, survey: { ...survey, text: event.message, isProblem: true } };
  const config = withData(state.config, asJson(event.config));
  return { ...state, config, survey: { ...survey, text: event.note }, table: undefined };
}

function afterReading(state: LabState, { survey, progress }: ReadingEvent): LabState {
  const { table } = state;
  return isAwaited(table, survey) ? { ...state, table: { ...table, progress } } : state;
}

/** Whether what is heard is of what was asked last, and nobody has ended that. */
function isAwaited(table: TableSetup | undefined, survey: number): table is TableSetup {
  return table?.survey === survey && table.isWaiting;
}

/** A file is taken once there is a config for it: until then, one of the same name stays. */
function afterTable(state: LabState, { survey, answer }: TableEvent): LabState {
  const { table, config, files } = state;
  if (!isAwaited(table, survey)) return state;
  const next = { ...state, table: answeredTable(table, answer) };
  if (!answer.ready) return next;
  return {
    ...next,
    config: configAfter(config, table, answer),
    files: withFile(files, table.asked.file),
    survey: undefined,
  };
}

function withFile(files: readonly DroppedFile[], file: DroppedFile): readonly DroppedFile[] {
  return [...files.filter(({ name }) => name !== file.name), file];
}

/** The same with the data of another config, and what comes with them: after a table, all of it, as tables are trained otherwise. */
function withData(config: JsonObject, other: JsonObject): JsonObject {
  if (tablePath(config) !== undefined) return other;
  const { name, data, transforms } = other;
  return { ...config, name, data, transforms };
}
