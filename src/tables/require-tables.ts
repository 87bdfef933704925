import { firstNonFinite } from "../data/finite.js";
import {
  ArgumentError,
  describeValue,
  requireArray,
  requireInteger,
  requireLength,
  requireObject,
  requireText,
  requireTyped,
} from "../errors.js";
import { oneOf } from "../fields.js";
import type { CategoryColumn, Column, NumberColumn, Table } from "./column.js";

/** Throws unless value is a column, of a kind where that is given. */
export function requireColumn(argument: string, value: Column, kind?: Column["kind"]): void {
  const column = requireObject(argument, value);
  const kinds: readonly Column["kind"][] = kind === undefined ? ["number", "category"] : [kind];
  if (!kinds.includes(column.kind)) throw new ArgumentError(`${argument}.kind`, oneOf(kinds), column.kind);
  requireText(`${argument}.name`, column.name);
  requireTyped(`${argument}.missing`, column.missing, Uint8Array);
  if (column.kind === "category") requireArray(`${argument}.categories`, column.categories);
  requireCells(column, column.missing.length);
}

/** Throws unless a column can have its cells. */
function requireCells(column: Column, rows: number): void {
  const place = `table column ${describeValue(column.name)}`;
  requireTyped(`${place}.missing`, column.missing, Uint8Array);
  requireLength(`${place}.missing`, column.missing, rows);
  if (column.kind === "number") {
    requireTyped(`${place}.values`, column.values, Float64Array);
    requireLength(`${place}.values`, column.values, rows);
    const bad = firstNonFinite(column.values);
    if (bad >= 0) throw new ArgumentError(`${place}.values[${bad}]`, "must be finite", column.values[bad]);
    return;
  }
  requireTyped(`${place}.codes`, column.codes, Uint32Array);
  requireLength(`${place}.codes`, column.codes, rows);
  const { categories, missing } = column;
  for (const [at, category] of categories.entries()) requireText(`${place}.categories[${at}]`, category);
  const { codes } = column;
  for (let row = 0; row < codes.length; row++)
    if (codes[row] >= categories.length && !missing[row])
      throw new ArgumentError(`${place}.codes[${row}]`, `must lie below ${categories.length}`, codes[row]);
}

/** Throws unless value is a table whose columns all have its rows. */
export function requireTable(argument: string, value: Table): void {
  const { rows, columns } = requireObject(argument, value);
  requireInteger(`${argument}.rows`, rows, 0);
  requireArray(`${argument}.columns`, columns);
  columns.forEach((column, index) => {
    requireColumn(`${argument}.columns[${index}]`, column);
    requireLength(`${argument}.columns[${index}].missing`, column.missing, rows);
  });
}

/** Throws unless all are tables with the columns of the first: as many, of the same names and kinds in the same order. */
export function requireAlike(tables: Readonly<Record<string, Table>>): void {
  for (const [argument, table] of Object.entries(tables)) requireTable(argument, table);
  const [[first, model], ...others] = Object.entries(tables);
  for (const [argument, { columns }] of others) {
    requireLength(`${argument}.columns`, columns, model.columns.length);
    columns.forEach(({ name, kind }, index) => {
      const like = model.columns[index];
      const rule = `must be the ${like.kind} column ${JSON.stringify(like.name)}, as in ${first}`;
      if (name !== like.name || kind !== like.kind)
        throw new ArgumentError(`${argument}.columns[${index}]`, rule, `${kind} ${name}`);
    });
  }
}

/** A real column and the synthetic one, of the same kind. */
export type AlikeColumns =
  | { readonly kind: "number"; readonly real: NumberColumn; readonly synthetic: NumberColumn }
  | { readonly kind: "category"; readonly real: CategoryColumn; readonly synthetic: CategoryColumn };

/** @throws ArgumentError for columns of different kinds. */
export function alikeColumns(real: Column, synthetic: Column): AlikeColumns {
  if (real.kind === "number" && synthetic.kind === "number") return { kind: "number", real, synthetic };
  if (real.kind === "category" && synthetic.kind === "category") return { kind: "category", real, synthetic };
  throw new ArgumentError("synthetic.kind", `must be "${real.kind}", as that of the real column`, synthetic.kind);
}

/** Throws unless each table has a row. */
export function requireSomeRows(tables: Readonly<Record<string, Table>>): void {
  for (const [argument, { rows }] of Object.entries(tables)) requireInteger(`${argument}.rows`, rows, 1);
}
