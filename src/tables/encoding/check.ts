import {
  ArgumentError,
  requireArray,
  requireBoolean,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
  requireText,
} from "../../errors.js";
import { oneOf } from "../../fields.js";
import { requireCalendar } from "../schema/parse.js";
import type { CategoryEncoding, ColumnEncoding, NumberEncoding, TableEncoding } from "./column-encoding.js";
import { encodedWidth } from "./column-width.js";

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong, of an encoding that came as JSON. */
export function requireEncoding(argument: string, encoding: TableEncoding): TableEncoding {
  const { columns, dimension } = requireObject(argument, encoding);
  requireArray(`${argument}.columns`, columns);
  const width = columns.reduce(
    (sum, column, at) => sum + encodedWidth(requireColumn(`${argument}.columns[${at}]`, column)),
    0,
  );
  requireInteger(`${argument}.dimension`, dimension, 0);
  if (dimension !== width)
    throw new ArgumentError(`${argument}.dimension`, `must be ${width}, as the columns are wide`, dimension);
  return encoding;
}

export function requireColumn(place: string, column: ColumnEncoding): ColumnEncoding {
  const { kind, name, hasGaps } = requireObject(place, column);
  if (kind !== "number" && kind !== "category")
    throw new ArgumentError(`${place}.kind`, oneOf(["number", "category"]), kind);
  requireText(`${place}.name`, name);
  requireBoolean(`${place}.hasGaps`, hasGaps);
  const states = column.kind === "number" ? requireNumberColumn(place, column) : requireCategoryColumn(place, column);
  const { shares, scale } = requireObject(`${place}.states`, column.states);
  requireNumbers(`${place}.states.shares`, shares);
  requireLength(`${place}.states.shares`, shares, states + (hasGaps ? 1 : 0));
  requireScale(`${place}.states.scale`, scale);
  return column;
}

/** @returns how many states there are but for a gap. */
function requireNumberColumn(
  place: string,
  { atoms, quantiles, unit, minimum, maximum, calendar }: NumberEncoding,
): number {
  requireNumbers(`${place}.atoms`, atoms);
  if (calendar !== undefined) requireCalendar(`${place}.calendar`, calendar);
  for (const [key, value] of Object.entries({ unit, minimum, maximum }))
    if (value !== undefined) requireNumber(`${place}.${key}`, value);
  if (quantiles === undefined) return atoms.length;
  const { values, normals, counts, resolution } = requireObject(`${place}.quantiles`, quantiles);
  requireAscending(`${place}.quantiles.values`, values);
  requireAscending(`${place}.quantiles.normals`, normals);
  requireLength(`${place}.quantiles.normals`, normals, values.length);
  requireNumbers(`${place}.quantiles.counts`, counts);
  requireLength(`${place}.quantiles.counts`, counts, values.length);
  requireNumber(`${place}.quantiles.resolution`, resolution);
  return 1 + atoms.length;
}

export function requireAscending(place: string, values: readonly number[]): void {
  requireNumbers(place, values);
  if (values.length === 0) throw new ArgumentError(place, "must not be empty", values);
  const bad = values.findIndex((value, at) => at > 0 && value <= (values[at - 1] ?? value));
  if (bad >= 0) throw new ArgumentError(`${place}[${bad}]`, "must be larger than the one before", values[bad]);
}

/** @returns how many states there are but for a gap. */
function requireCategoryColumn(place: string, { categories, other, bits }: CategoryEncoding): number {
  requireArray(`${place}.categories`, categories);
  for (const [at, category] of categories.entries()) requireText(`${place}.categories[${at}]`, category);
  if (other !== undefined) requireInteger(`${place}.other`, other, 0, Math.max(0, categories.length - 1));
  if (bits === undefined) return categories.length;
  const { codes, means, scale } = requireObject(`${place}.bits`, bits);
  requireInteger(`${place}.bits.codes`, codes, categories.length, categories.length);
  requireNumbers(`${place}.bits.means`, means);
  requireLength(`${place}.bits.means`, means, Math.ceil(Math.log2(codes)));
  requireScale(`${place}.bits.scale`, scale);
  return 1;
}

function requireScale(place: string, scale: number): void {
  requireNumber(place, scale, "must be > 0", (value) => value > 0);
}
