import { ArgumentError, requireInteger, requireObject } from "../../errors.js";
import { requireOptions } from "../../options.js";
import { closest } from "../../suggest.js";
import { original } from "../csv/formula.js";
import type { CsvLayout } from "../csv/layout.js";
import { openTable } from "../csv/open.js";
import type { TableDialect } from "../csv/table-dialect.js";
import { ownEntry } from "../own-entry.js";
import type { TableField, TableSchema } from "../schema/field.js";
import { requireField } from "../schema/parse.js";
import { guessBoolean } from "./booleans.js";
import { gapsIn, gapTexts, type SeenCells, sum, withoutGaps } from "./cells.js";
import { guessDate } from "./dates.js";
import type { Guess, Guesser } from "./guess.js";
import { mayBeRow } from "./header.js";
import { identifierReason } from "./identifier.js";
import { guessNumber } from "./numbers.js";

/** What `inferTableSchema` may be told. */
export interface InferOptions {
  /** Character between two cells. Default: told by the file. */
  readonly delimiter?: string | undefined;
  /** Rows that are looked at. Default 20,000. */
  readonly rows?: number | undefined;
  /** By name of the column: what its field has whatever its cells say, {} to keep a column as it is inferred, false to leave it out. */
  readonly overrule?: Readonly<Record<string, FieldOverrule | false>> | undefined;
}

/** Keys of a field that are given; with another type, they are all that the field has. */
export type FieldOverrule = Partial<Omit<TableField, "name" | "type" | "format" | "constraints">> & {
  readonly type?: TableField["type"] | undefined;
  readonly format?: string | undefined;
  readonly decimalChar?: "." | "," | undefined;
  readonly groupChar?: string | undefined;
  readonly trueValues?: readonly string[] | undefined;
  readonly falseValues?: readonly string[] | undefined;
  readonly constraints?:
    | {
        readonly minimum?: number | string | undefined;
        readonly maximum?: number | string | undefined;
        readonly enum?: readonly string[] | undefined;
      }
    | undefined;
};

/** What was found of a column. */
export interface InferredColumn {
  readonly name: string;
  /** The field, whether or not the schema has it. */
  readonly field: TableField;
  /** Whether the schema is without it. */
  readonly leftOut: boolean;
  /** What a person should know: why it is left out, what may be otherwise. */
  readonly warnings: readonly string[];
}

/** What was found in a file. */
export interface InferredSchema {
  readonly schema: TableSchema;
  readonly columns: readonly InferredColumn[];
  readonly dialect: TableDialect;
}

const optionKeys = ["delimiter", "rows", "overrule"];
const guessers: readonly Guesser[] = [guessBoolean, guessNumber, guessDate];

/** Share of cells from which the others are exceptions. */
const mostly = 0.9;
/** Texts that tell whether it is worth looking at all of them. */
const fewTexts = 50;

/**
 * Infers the schema of a CSV file from its cells. Columns that tell rows apart (identifiers, free text) are left out, with a warning. Of the numbers themselves, the
 * schema says only how they are written and whether they are negative; it lists no categories.
 * @throws FedscoreError FEDSCORE_INVALID_DATA as `readTable`, ArgumentError for a column to overrule that the file does not have.
 */
export function inferTableSchema(bytes: Uint8Array, source: string, options: InferOptions = {}): InferredSchema {
  const file = openTable(bytes, source, requireOptions("options", options, optionKeys).delimiter);
  const inference = new Inference(file, options);
  file.forEachRow((cells, line) => inference.add(cells, line));
  return inference.end();
}

/** Infers a schema from rows that come one after the other. */
export class Inference {
  readonly #layout: InferredLayout;
  readonly #overrule: NonNullable<InferOptions["overrule"]>;
  readonly #seen: readonly Noted[];
  #left: number;

  /** @throws ArgumentError for a column to overrule that the file does not have. */
  constructor(layout: InferredLayout, options: InferOptions) {
    const { rows = 20000, overrule = {} } = requireOptions("options", options, optionKeys);
    requireInteger("rows", rows, 1);
    requireObject("overrule", overrule);
    requireKnown(overrule, layout.names);
    this.#layout = layout;
    this.#overrule = overrule;
    this.#left = rows;
    this.#seen = layout.names.map(() => ({ counts: new Map(), lines: new Map(), total: 0 }));
  }

  /** @returns whether more rows are looked at. */
  add(cells: readonly string[], line: number): boolean {
    for (const [at, cell] of cells.entries()) note(this.#seen[at], cell, line);
    return --this.#left > 0;
  }

  end(): InferredSchema {
    const { names, titles, dialect, guesses } = this.#layout;
    const inferred = this.#seen.map((cells, at) => {
      const [name, typed] = [names[at], guesses?.[at]];
      const given = ownEntry(this.#overrule, name);
      return inferColumn({ name, title: titles[at], cells, delimiter: dialect.delimiter, given, typed });
    });
    const isDoubtful = !guesses && mayBeRow(inferred.map(({ field }, at) => ({ title: titles[at], field })));
    const columns = isDoubtful ? withHeaderDoubt(inferred) : inferred;
    const fields = columns.filter(({ leftOut }) => !leftOut).map(({ field }) => field);
    return { schema: { fields, missingValues: [""] }, columns, dialect };
  }
}

/** Said once, of the first column. */
function withHeaderDoubt(columns: readonly InferredColumn[]): InferredColumn[] {
  const doubt =
    "the first line is taken for the names of the columns, though it may be a row: a file without names needs a line of them";
  return columns.map((column, at) => (at === 0 ? { ...column, warnings: [...column.warnings, doubt] } : column));
}

/** What is known of a file before its rows. */
interface InferredLayout extends Pick<CsvLayout, "names" | "titles" | "dialect"> {
  /** Of each column, what may be guessed of its cells where the file says of what type it is. */
  readonly guesses?: readonly (Guesser | undefined)[] | undefined;
}

interface Noted extends SeenCells {
  readonly counts: Map<string, number>;
  readonly lines: Map<string, number>;
  total: number;
}

function requireKnown(overrule: object, names: readonly string[]): void {
  for (const name of Object.keys(overrule)) {
    if (names.includes(name)) continue;
    const meant = closest(name, names);
    const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
    throw new ArgumentError("overrule", `must name columns of the file${hint}`, name);
  }
}

function note(seen: Noted | undefined, cell: string, line: number): void {
  if (!seen) return;
  const count = seen.counts.get(cell) ?? 0;
  if (count === 0) seen.lines.set(cell, line);
  seen.counts.set(cell, count + 1);
  seen.total++;
}

interface ColumnCells {
  readonly name: string;
  readonly title: string;
  readonly cells: SeenCells;
  readonly delimiter: string;
  readonly given: FieldOverrule | false | undefined;
  readonly typed: Guesser | undefined;
}

function inferColumn({ name, title, cells, delimiter, given, typed }: ColumnCells): InferredColumn {
  const { field: guessed, reason, gaps, told } = typed ? typedGuess(cells, delimiter, typed) : guess(cells, delimiter);
  const missingValues = gaps.length === 0 || (gaps.length === 1 && gaps[0] === "") ? {} : { missingValues: gaps };
  const inferred = { name, ...(title !== name && { title }), ...missingValues, ...guessed } as TableField;
  const field = given ? overruled(inferred, given) : inferred;
  const isTyped = given !== undefined && given !== false && given.type !== undefined;
  const identifier = identifierReason(title, field, told);
  const warnings = [
    ...(given !== undefined && given !== false ? [] : [identifier].filter((each) => each !== undefined)),
    ...(isTyped ? [] : [reason, typed ? undefined : exceptions(guessed, told, delimiter)]).filter(
      (each) => each !== undefined,
    ),
    ...sparse(told),
  ];
  return { name, field, leftOut: given === false || (given === undefined && identifier !== undefined), warnings };
}

/** The field with what is given. With another type, what was inferred for its cells is gone. */
function overruled({ name, title, missingValues, ...inferred }: TableField, given: FieldOverrule): TableField {
  const isOther = given.type !== undefined && given.type !== inferred.type;
  const whole = { name, ...(title !== undefined && { title }), ...(missingValues && { missingValues }) };
  return requireField(`overrule.${name}`, { ...whole, ...(isOther ? {} : inferred), ...given });
}

interface GuessWithGaps extends Guess {
  readonly gaps: readonly string[];
  readonly told: SeenCells;
}

/** The type that the file says, whose gaps are empty cells. */
function typedGuess(cells: SeenCells, delimiter: string, typed: Guesser): GuessWithGaps {
  const told = withoutGaps(cells, [""]);
  return { ...(typed(told, { delimiter }) ?? { field: { type: "string" } }), gaps: [], told };
}

/** The narrowest type that the cells fit once the usual texts for gaps are gaps; texts, of which only the empty one is a gap, otherwise. */
function guess(cells: SeenCells, delimiter: string): GuessWithGaps {
  for (const gaps of [[""], gapTexts]) {
    const told = withoutGaps(cells, gaps);
    const found = told.total === 0 ? undefined : firstOf(guessers, told, delimiter);
    if (found) return { ...found, gaps: gapsIn(cells, gaps), told };
  }
  return { field: { type: "string" }, gaps: gapsIn(cells, [""]), told: withoutGaps(cells, [""]) };
}

function firstOf(all: readonly Guesser[], cells: SeenCells, delimiter: string): Guess | undefined {
  for (const each of all) {
    const found = each(cells, { delimiter });
    if (found) return found;
  }
  return undefined;
}

/** Texts among cells that are numbers or dates but for them. */
function exceptions(
  { type }: Guess["field"],
  { counts, lines, total }: SeenCells,
  delimiter: string,
): string | undefined {
  if (type !== "string") return undefined;
  for (const [what, guesser] of [
    ["numbers", guessNumber],
    ["dates", guessDate],
  ] as const) {
    const isOne = (text: string) =>
      guesser({ counts: new Map([[text, 1]]), lines, total: 1 }, { delimiter }) !== undefined;
    const texts = [...counts];
    const head = texts.slice(0, fewTexts);
    if (head.filter(([text]) => isOne(text)).length < head.length / 2) continue;
    const other = texts.filter(([text]) => !isOne(text));
    const share = 1 - sum(other.map(([, count]) => count)) / total;
    const [[text] = [""]] = other;
    if (share < mostly || other.length === 0) continue;
    const place = `line ${lines.get(text)} says ${JSON.stringify(original(text))}`;
    return `${(100 * share).toFixed(1)} % of its cells are ${what}, but ${place}: to read them as ${what}, set the type, and missingValues to what is a gap`;
  }
  return undefined;
}

function sparse({ counts, total }: SeenCells): string[] {
  if (total === 0) return ["all of its cells are gaps"];
  return counts.size === 1 && total > 1 ? ["all of its cells are the same"] : [];
}
