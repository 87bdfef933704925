import { utcFormat, utcParse } from "d3-time-format";
import { describeValue } from "../../errors.js";
import { ownText } from "../own-text.js";
import type { NumberCodec } from "./codec.js";
import type { DateField } from "./field.js";

/** Milliseconds of a day; days are what dates are counted in. */
const day = 864e5;

/** Ticks of a day that a format tells apart, by its finest directive. */
const units: readonly (readonly [directive: RegExp, unit: number])[] = [
  [/%-?L/, day],
  [/%-?S/, 86400],
  [/%-?M/, 1440],
  [/%-?[HI]/, 24],
];

/** Directives that can be read and written: of years, months, days, hours, minutes, seconds, milliseconds. */
export const dateFormat = /^(?:[^%]|%-?[YymdHIMSLpbBZeaAj])+$/;

export function dateCodec(field: DateField): NumberCodec {
  const format = field.format ?? (field.type === "date" ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ");
  const read = field.type === "date" ? remembering(dateReader(format)) : dateReader(format);
  const write = utcFormat(format);
  const { minimum, maximum } = field.constraints ?? {};
  const low = (minimum === undefined ? undefined : read(minimum)) ?? earliest(format);
  const high = (maximum === undefined ? undefined : read(maximum)) ?? latest(format);
  const bounds = [
    ...(minimum === undefined ? [] : [`not before ${minimum}`]),
    ...(maximum === undefined ? [] : [`not after ${maximum}`]),
  ];
  return {
    kind: "number",
    expected: [`a ${field.type} in the format ${describeValue(format)}`, ...bounds].join(", "),
    unit: units.find(([directive]) => directive.test(format))?.[1] ?? 1,
    minimum: low,
    maximum: high,
    calendar: field.calendar,
    read(cell) {
      const value = read(cell);
      return value !== undefined && value >= low && value <= high ? value : undefined;
    },
    write: (value) => write(new Date(Math.round(value * day))),
  };
}

/** Texts that are remembered: the days of a century have about as many. */
const mostRemembered = 2 ** 15;

/** The same function, which works a day out once: columns have many rows a day. */
function remembering(read: (cell: string) => number | undefined): (cell: string) => number | undefined {
  const known = new Map<string, number>();
  return (cell) => {
    const value = known.get(cell);
    if (value !== undefined) return value;
    const found = read(cell);
    if (found !== undefined && known.size < mostRemembered) known.set(ownText(cell), found);
    return found;
  };
}

/** What the format has no other text for: years of four digits, or of two as POSIX reads them. */
function earliest(format: string): number {
  return /%-?y/.test(format) ? Date.UTC(1969, 0) / day : new Date(0).setUTCFullYear(0, 0, 1) / day;
}

function latest(format: string): number {
  return /%-?y/.test(format) ? Date.UTC(2069, 0) / day - 1 / day : Date.UTC(10000, 0) / day - 1 / day;
}

/** Reads a date as days since 1970-01-01. A text that its date is not written as, "30.02.2020", is none; leading zeros may be left out. */
export function dateReader(format: string): (cell: string) => number | undefined {
  const parse = utcParse(format);
  const write = utcFormat(format);
  return (cell) => {
    const text = cell.trim();
    const date = parse(text);
    if (!date) return undefined;
    const written = write(date);
    const isWritten = written === text || withoutZeros(written) === withoutZeros(text);
    return isWritten ? date.getTime() / day : undefined;
  };
}

/** Leading zeros of numbers of two digits left out. */
function withoutZeros(text: string): string {
  return text.replace(/\b0(\d)(?!\d)/g, "$1");
}
