import { ArgumentError, requireBoolean, requireText } from "../../errors.js";
import { oneOf } from "../../fields.js";
import { keysOf, requireOptions } from "../../options.js";
import { defaultDialect, type TableDialect, type TableEncodingName } from "./table-dialect.js";

const encodings: readonly TableEncodingName[] = ["utf-8", "utf-16le", "utf-16be", "windows-1252"];
const lineEnds: readonly TableDialect["lineEnd"][] = ["\n", "\r\n", "\r"];
const keys = keysOf<TableDialect>({
  ...{ encoding: true, byteOrderMark: true, delimiter: true, lineEnd: true },
  ...{ quoteAll: true, endsLastLine: true, separatorLine: true },
});

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong, of a dialect that came as JSON. */
export function requireDialect(argument: string, value: unknown): TableDialect {
  const given: Partial<TableDialect> = requireOptions(argument, value as Partial<TableDialect>, keys);
  const dialect = { ...defaultDialect, ...given };
  const { encoding, delimiter, lineEnd, byteOrderMark, quoteAll, endsLastLine, separatorLine } = dialect;
  if (!encodings.includes(encoding)) throw new ArgumentError(`${argument}.encoding`, oneOf(encodings), encoding);
  if (!lineEnds.includes(lineEnd)) throw new ArgumentError(`${argument}.lineEnd`, oneOf(lineEnds), lineEnd);
  requireText(`${argument}.delimiter`, delimiter);
  if (!/^[^"\r\n]$/.test(delimiter))
    throw new ArgumentError(
      `${argument}.delimiter`,
      "must be one character other than a quote or a line end",
      delimiter,
    );
  for (const [key, flag] of Object.entries({ byteOrderMark, quoteAll, endsLastLine, separatorLine }))
    requireBoolean(`${argument}.${key}`, flag);
  return dialect;
}
