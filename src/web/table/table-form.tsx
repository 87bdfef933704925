import { formatBytes } from "../../report/format.js";
import { Field, type FieldProps } from "../form/field.js";
import { FileDrop } from "../form/file-drop.js";
import { configForm, schemaAt } from "../form/schema.js";
import type { DroppedFile } from "../lab/page-file.js";
import type { TableAsk } from "../lab/table-survey.js";
import { ColumnRow } from "./column-row.js";
import { isLeftOut } from "./column-words.js";
import { Reading } from "./reading.js";
import { askOf, type KnownTable, type TableSetup, tablePath } from "./table-setup.js";

interface TableFormProps extends Pick<FieldProps, "config" | "problems" | "onChange"> {
  readonly files: readonly DroppedFile[];
  readonly table: TableSetup | undefined;
  readonly canStart: boolean;
  readonly onFile: (file: DroppedFile) => void;
  readonly onAsk: (ask: TableAsk) => void;
  /** Ends the reading of what was asked. */
  readonly onCancel: () => void;
}

/** A table: its file, its columns, whose its rows are, and what is to be learnt of it. */
export function TableForm(props: TableFormProps) {
  const { config, files, table, onFile, onCancel } = props;
  const path = tablePath(config);
  const isMissing = path !== undefined && !files.some(({ name }) => name === path);
  const known = table?.known;
  return (
    <FileDrop
      id="table-file"
      class="target table-form"
      label="Or a table of numbers, categories and dates: CSV, Parquet or Arrow"
      accept=".csv,.tsv,.txt,.gz,.parquet,.arrow,.feather,*"
      status={tableWords(table, files, isMissing ? path : undefined)}
      isProblem={table?.unreadable !== undefined || isMissing || fileProblem(known) !== undefined}
      onFile={onFile}
    >
      {table?.isWaiting ? (
        <Reading key={table.survey} name={table.asked.file.name} progress={table.progress} onCancel={onCancel} />
      ) : null}
      {table && known ? <Known {...props} table={table} known={known} /> : null}
    </FileDrop>
  );
}

/** What stands below the choice of a table. */
function tableWords(table: TableSetup | undefined, files: readonly DroppedFile[], missing: string | undefined): string {
  if (table?.isWaiting) return `Reading ${table.asked.file.name} …`;
  const { known, unreadable } = table ?? {};
  const size = files.find(({ name }) => name === known?.ask.file.name)?.content.size;
  const summary = known?.summary && `${known.summary}; ${formatBytes(size ?? 0)}.`;
  const said = fileProblem(known) ?? summary;
  const left = table?.isLeft ? `Reading ${table.asked.file.name} was cancelled` : unreadable;
  if (left !== undefined) return [left, ...(said ? [`The table is still ${said}`] : [])].join(". ");
  if (said !== undefined) return said;
  return missing === undefined ? "" : `This page does not have ${missing} yet: choose it here.`;
}

/** What is wrong with a table as a whole. */
function fileProblem(known: KnownTable | undefined): string | undefined {
  return known?.problem?.of.kind === "file" ? known.problem.message : undefined;
}

interface KnownProps extends TableFormProps {
  readonly table: TableSetup;
  readonly known: KnownTable;
}

function Known({ config, problems, onChange, table, known, canStart, onAsk }: KnownProps) {
  const ask = askOf(table);
  const { columns, problem } = known;
  const kept = columns.filter((column) => !isLeftOut(column, ask.overrule)).length;
  const isReady = tablePath(config) === known.ask.file.name;
  const clients = schemaAt(configForm, ["federation", "clients"]);
  return (
    <>
      <details class="columns" open>
        <summary>
          Columns: {kept} of {columns.length} are learnt
        </summary>
        <ul class="column-list">
          {columns.map((column, place) => (
            <ColumnRow
              key={column.name}
              id={`table-column-${place}`}
              column={column}
              overrule={ask.overrule}
              problem={problem?.of.kind === "column" && problem.of.name === column.name ? problem.message : undefined}
              onOverrule={(overrule) => onAsk({ ...ask, overrule })}
            />
          ))}
        </ul>
      </details>
      <label class="name">
        <input
          type="checkbox"
          checked={ask.onInvalid === "missing"}
          onChange={({ currentTarget }) => onAsk({ ...ask, onInvalid: currentTarget.checked ? "missing" : "error" })}
        />
        Cells that do not fit their column are gaps
      </label>
      <ClientColumn
        value={ask.clientColumn}
        names={columns.map(({ name }) => name)}
        onChange={(clientColumn) => onAsk({ ...ask, clientColumn })}
      />
      {isReady && ask.clientColumn === undefined && clients ? (
        <Field
          {...{ config, problems, onChange }}
          scope="table"
          schema={clients}
          path={["federation", "clients"]}
          title="Number of clients"
          explained={false}
        />
      ) : null}
      <Predict
        value={ask.predict}
        names={columns.filter(({ isCategories, leftOut }) => isCategories && !leftOut).map(({ name }) => name)}
        problem={problem?.of.kind === "prediction" ? problem.message : undefined}
        onChange={(predict) => onAsk({ ...ask, predict })}
      />
      <button
        type="submit"
        class="primary"
        disabled={!isReady || !canStart || table.isWaiting || problem !== undefined}
      >
        Train on this table
      </button>
    </>
  );
}

interface ColumnChoiceProps {
  readonly value: string | undefined;
  readonly names: readonly string[];
  readonly onChange: (name: string | undefined) => void;
}

/** The column that says whose a row is, or none. */
function ClientColumn({ value, names, onChange }: ColumnChoiceProps) {
  const offered = value === undefined || names.includes(value) ? names : [...names, value];
  return (
    <div class="field">
      <label for="table-client-column">Client column</label>
      <select
        id="table-client-column"
        value={value === undefined ? "" : `=${value}`}
        onChange={({ currentTarget }) => onChange(offered.find((name) => `=${name}` === currentTarget.value))}
      >
        <option value="">none: rows are shared out</option>
        {offered.map((name) => (
          <option key={name} value={`=${name}`}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What is to be foretold: a column of categories, a condition, or nothing. */
function Predict({ value, names, problem, onChange }: ColumnChoiceProps & { readonly problem: string | undefined }) {
  return (
    <div class="field">
      <label for="table-predict">Predict</label>
      <input
        id="table-predict"
        type="text"
        list="table-predictable"
        autocomplete="off"
        spellcheck={false}
        placeholder="nothing"
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? "table-predict-text" : "table-predict-text table-predict-problem"}
        value={value ?? ""}
        onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? undefined : currentTarget.value)}
      />
      <datalist id="table-predictable">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <small id="table-predict-text" class="hint">
        A column of categories, or a condition such as Cost&gt;0: how well it is predicted by who learns from synthetic
        rows.
      </small>
      {problem === undefined ? null : (
        <small id="table-predict-problem" class="problem">
          {problem}
        </small>
      )}
    </div>
  );
}
