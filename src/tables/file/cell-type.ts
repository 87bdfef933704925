import { inert } from "../csv/formula.js";
import type { Guesser } from "../infer/guess.js";
import { guessNumber } from "../infer/numbers.js";
import { codecOf } from "../schema/codec-of.js";
import type { TableField } from "../schema/field.js";
import { mostDecimals } from "../schema/number-codec.js";

/** What the values of a column of a typed file are; moments are milliseconds since 1970-01-01 in UTC. */
export type CellType =
  | { readonly kind: "integer" | "float64" | "float32" | "float16" | "boolean" | "date" | "datetime" | "string" }
  | { readonly kind: "decimal"; readonly scale: number };

/** What may be guessed of a column's cells once its type is known. */
export function guesserOf(type: CellType): Guesser {
  switch (type.kind) {
    case "integer":
      return (cells, context) => guessNumber(cells, context) ?? { field: { type: "integer" } };
    case "float64":
    case "float32":
    case "float16":
      return (cells, context) => guessNumber(cells, context) ?? { field: { type: "number" } };
    case "decimal": {
      const format = `0.${"0".repeat(decimalsOf(type.scale))}`;
      return () => ({ field: type.scale > 0 ? { type: "number", format } : { type: "integer" } });
    }
    case "boolean":
      return () => ({ field: { type: "boolean" } });
    case "date":
      return () => ({ field: { type: "date" } });
    case "datetime":
      return ({ counts }) => {
        const isFine = [...counts.keys()].some((text) => text.includes("."));
        return { field: { type: "datetime", ...(isFine && { format: fineFormat }) } };
      };
    case "string":
      return () => ({ field: { type: "string" } });
  }
}

const fineFormat = "%Y-%m-%dT%H:%M:%S.%LZ";

/**
 * Writes the values of a column as cells of CSV.
 * @param field that the cells are read by. Without one, they say all that the values do.
 * @param gap what stands for no value.
 */
export function cellWriterOf(type: CellType, field: TableField | undefined, gap: string): (value: unknown) => string {
  const write = presentWriterOf(type, field);
  return (value) => (value === null || value === undefined || Number.isNaN(value) ? gap : write(value));
}

function presentWriterOf(type: CellType, field: TableField | undefined): (value: unknown) => string {
  switch (type.kind) {
    case "float32":
      return decimalWriter(field, (value) => shortest(Number(value)));
    case "float16":
      return decimalWriter(field, (value) => String(Number(Number(value).toPrecision(4))));
    case "decimal": {
      const decimals = decimalsOf(type.scale);
      return decimalWriter(field, (value) => Number(value).toFixed(decimals));
    }
    case "integer":
    case "float64":
      return decimalWriter(field, String);
    case "date":
    case "datetime":
      return momentWriter(type.kind, field);
    case "boolean":
      return booleanWriter(field);
    case "string":
      return (value) => inert(typeof value === "string" ? value : JSON.stringify(value, plain));
  }
}

function decimalsOf(scale: number): number {
  return Math.min(Math.max(scale, 0), mostDecimals);
}

/** Numbers with the decimal character of the field. */
function decimalWriter(field: TableField | undefined, write: (value: unknown) => string): (value: unknown) => string {
  const hasComma = (field?.type === "number" || field?.type === "integer") && field.decimalChar === ",";
  return hasComma ? (value) => write(value).replace(".", ",") : write;
}

/** The shortest text that is the same number of float32. */
function shortest(value: number): string {
  if (Number.isInteger(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** Moments in the format of the field, where that says all of them, else in that of ISO 8601. */
function momentWriter(kind: "date" | "datetime", field: TableField | undefined): (value: unknown) => string {
  const iso = (time: number) => {
    if (Number.isNaN(new Date(time).getTime())) return String(time);
    const text = new Date(time).toISOString();
    return kind === "date" ? text.slice(0, 10) : text.replace(".000Z", "Z");
  };
  const isIso = field?.type === kind && field.format === undefined;
  const codec = (field?.type === "date" || field?.type === "datetime") && !isIso ? codecOf(field) : undefined;
  if (codec?.kind !== "number") return (value) => iso(Number(value));
  return (value) => {
    const time = Number(value);
    const text = codec.write(time / 864e5);
    return codec.read(text) === time / 864e5 ? text : iso(time);
  };
}

function booleanWriter(field: TableField | undefined): (value: unknown) => string {
  const codec = field?.type === "boolean" ? codecOf(field) : undefined;
  const texts = ["false", "true"].map((text) => (codec?.kind === "category" ? codec.write(text) : text));
  return (value) => texts[value ? 1 : 0];
}

/** What JSON has no form of its own for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
}
