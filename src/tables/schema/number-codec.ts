import { describeValue } from "../../errors.js";
import type { NumberCodec } from "./codec.js";
import type { IntegerField, NumberField } from "./field.js";

/** The written forms of numbers: "0", "0.00", "0.##", "0.0#". */
export const numberFormat = /^0(?:\.(0*)(#*))?$/;

/** Decimals that a grid may have: with more, 1 / unit is finer than doubles around 1. */
export const mostDecimals = 15;

export function integerCodec(field: IntegerField): NumberCodec {
  return codecOf("an integer", { ...field, format: "0" }, Number.isSafeInteger);
}

export function numberCodec(field: NumberField): NumberCodec {
  return codecOf("a number", field, Number.isFinite);
}

function codecOf(
  what: string,
  field: Pick<NumberField, "decimalChar" | "groupChar" | "format" | "constraints">,
  isOne: (value: number) => boolean,
): NumberCodec {
  const { decimalChar = ".", groupChar, constraints: { minimum, maximum } = {} } = field;
  const shape = numberFormat.exec(field.format ?? "");
  const [, zeros = "", hashes = ""] = shape ?? [];
  const decimals = zeros.length + hashes.length;
  const unit = shape ? 10 ** decimals : undefined;
  const low = inward(minimum, unit, Math.ceil);
  const high = inward(maximum, unit, Math.floor);
  const read = numberReader(decimalChar, groupChar);
  return {
    kind: "number",
    expected: [what, ...expectations({ decimalChar, groupChar, minimum, maximum })].join(", "),
    unit,
    minimum: low,
    maximum: high,
    read(cell) {
      const value = read(cell);
      const fits =
        value !== undefined && isOne(value) && !(value < (minimum ?? value)) && !(value > (maximum ?? value));
      return fits ? value : undefined;
    },
    write(value) {
      const text = shape ? fixed(value, decimals, zeros.length) : String(value + 0);
      const [whole = "", fraction] = text.replace(/^-(?=[0.]+$)/, "").split(".");
      const grouped = groupChar === undefined ? whole : whole.replace(/\B(?=(?:\d{3})+$)/g, groupChar);
      return fraction === undefined ? grouped : `${grouped}${decimalChar}${fraction}`;
    },
  };
}

function expectations({ decimalChar, groupChar, minimum, maximum }: Partial<NumberField["constraints"] & NumberField>) {
  return [
    ...(decimalChar === "." ? [] : [`decimal character ${describeValue(decimalChar)}`]),
    ...(groupChar === undefined ? [] : [`groups parted by ${describeValue(groupChar)}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ];
}

/** A bound on the grid, so that what is cut to it lies there too. */
function inward(
  bound: number | undefined,
  unit: number | undefined,
  round: (value: number) => number,
): number | undefined {
  if (bound === undefined || unit === undefined || Math.abs(bound * unit) >= 2 ** 53) return bound;
  const closest = Math.round(bound * unit);
  return (closest / unit === bound ? closest : round(bound * unit)) / unit;
}

/** The number with so many decimals, of which the first `kept` are written even if they are 0. */
function fixed(value: number, decimals: number, kept: number): string {
  if (Math.abs(value) >= 1e21) return String(value);
  const text = value.toFixed(decimals);
  if (kept === decimals) return text;
  const end = text.length - decimals + kept;
  const optional = text.slice(end).replace(/0+$/, "");
  return `${text.slice(0, end)}${optional}`.replace(/\.$/, "");
}

/** Reads decimal numbers, blanks about them aside. */
export function numberReader(decimalChar: string, groupChar?: string): (cell: string) => number | undefined {
  const [point, group] = [escaped(decimalChar), escaped(groupChar ?? "")];
  const plain = new RegExp(`^[+-]?(?:\\d+(?:${point}\\d*)?|${point}\\d+)(?:[eE][+-]?\\d+)?$`);
  const grouped = new RegExp(`^[+-]?\\d{1,3}(?:${group}\\d{3})+(?:${point}\\d*)?$`);
  return (cell) => {
    if (decimalChar === "." && plain.test(cell)) return finite(Number(cell));
    const text = cell.trim();
    const isGrouped = groupChar !== undefined && grouped.test(text);
    if (!isGrouped && !plain.test(text)) return undefined;
    const digits = isGrouped ? text.replaceAll(groupChar, "") : text;
    return finite(Number(decimalChar === "." ? digits : digits.replace(decimalChar, ".")));
  };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
