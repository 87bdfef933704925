import fc from "fast-check";
import { type CsvOptions, readCsv } from "../../src/data/formats/csv.js";
import { dialects } from "../../src/data/formats/csv-dialects.js";
import { FedscoreError } from "../../src/errors.js";
import { fuzzProperty } from "./property.js";

/** A text, how it is to be read, and what is in it, where that is known. */
interface Written {
  readonly bytes: Uint8Array;
  readonly options: CsvOptions;
  readonly points?: readonly number[];
}

const encode = (text: string, utf16: boolean) =>
  utf16 ? new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le")) : new TextEncoder().encode(text);

/** Tables of known numbers, as many programs would write them. */
const table: fc.Arbitrary<Written> = fc
  .record({
    cells: fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 6,
      }),
    ),
    dialect: fc.constantFrom(...dialects),
    names: fc.boolean(),
    told: fc.boolean(),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    before: fc.constantFrom("", "\n", "# a, b; c\n", "\r\n#\r\n\r\n"),
    after: fc.constantFrom("", "\n", "\r\r", "\r\n# end"),
    trailing: fc.boolean(),
    quoted: fc.integer(),
    padding: fc.constantFrom("", " "),
    utf16: fc.boolean(),
  })
  .map(({ cells, dialect, names, told, lineEnd, before, after, trailing, quoted, padding, utf16 }) => {
    const { delimiter, decimal } = dialect;
    const end = trailing && delimiter !== " " ? delimiter : "";
    const field = (value: number, index: number) => {
      const text = String(value).replace(".", decimal);
      return text.includes(delimiter) || (quoted >> (index % 31)) & 1 ? `"${text}"` : `${padding}${text}${padding}`;
    };
    const rows = cells.map((row) => row.map(field).join(delimiter) + end);
    const header = names ? [cells[0].map((_, index) => `name ${index}`).map((name) => `"${name}"`)] : [];
    const lines = [...header.map((row) => row.join(delimiter) + end), ...rows];
    const text = before + lines.join(lineEnd) + (after === "" ? "" : lineEnd + after);
    const options: CsvOptions = { ...dialect, ...((told || !names) && { header: names }) };
    return { bytes: encode(text, utf16), options, points: cells.flat() };
  });

const options = fc.record(
  {
    header: fc.constantFrom<(boolean | "auto")[]>(true, false, "auto"),
    delimiter: fc.constantFrom(",", ";", "\t", "|", " ", "x", "#"),
    decimal: fc.constantFrom<("." | ",")[]>(".", ","),
    labelColumn: fc.constantFrom<(string | number)[]>(0, 1, 5, "x", "a"),
  },
  { requiredKeys: [] },
);
const piece = fc.constantFrom(
  ...'0123456789,,,;\n\n\r.-+eE"# \tx|',
  ...["1.5", "nan", "0,1", "\r\n", "1e39", "\ufeff", "a,b\n", "\u0000", "__proto__", "1,2\n3,4\n"],
);
/** What is a table by chance alone. */
const anything: fc.Arbitrary<Written> = fc.oneof(
  fc.record({
    bytes: fc.array(piece, { maxLength: 40 }).map((pieces) => encode(pieces.join(""), false)),
    options,
  }),
  fc.record({ bytes: fc.uint8Array({ maxLength: 60 }), options }),
);

/** Tables of which some bytes were replaced. */
const changed: fc.Arbitrary<Written> = fc
  .tuple(table, fc.array(fc.tuple(fc.nat(), piece), { minLength: 1, maxLength: 3 }))
  .map(([{ bytes, options: settings }, edits]) => {
    const copy = bytes.slice();
    for (const [at, text] of edits) copy[at % copy.length] = text.charCodeAt(0) & 0xff;
    return { bytes: copy, options: settings };
  });

/** The numbers of a text without quotes as a few lines of code read them. */
function naively(bytes: Uint8Array, { delimiter = ",", decimal = "." }: CsvOptions, hasHeader: boolean): number[] {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  const blank = (line: string) => (delimiter === " " ? line.trim() === "" : line === "");
  const rows = lines.filter((line) => !line.startsWith("#") && !blank(line)).slice(hasHeader ? 1 : 0);
  const fields = rows.map((row) => (delimiter === " " ? row.trim().split(/[ \t]+/) : row.split(delimiter)));
  const isOpen = fields.every((row) => row.length > 1 && row[row.length - 1] === "");
  return fields.flatMap((row) =>
    (isOpen ? row.slice(0, -1) : row).map((field) => Math.fround(Number(field.trim().replace(decimal, ".")))),
  );
}

function holds({ bytes, options, points }: Written): "read" | "refused" {
  try {
    const found = readCsv(bytes, "t.csv", options);
    const { dimension, columns, labels } = found;
    if (!found.points.every(Number.isFinite)) throw new Error("points are not finite");
    if (found.points.length % dimension !== 0) throw new Error("not whole rows");
    if (labels && labels.length !== found.points.length / dimension) throw new Error("not one label a row");
    const canCompare = options.labelColumn === undefined && options.delimiter !== "#" && !bytes.includes(0x22);
    const isUtf8 = bytes[0] !== 0xff && bytes[0] !== 0xfe;
    const expected = points ?? (canCompare && isUtf8 ? naively(bytes, options, columns !== undefined) : undefined);
    if (expected && String(expected.map((x) => x + 0)) !== String([...found.points].map((x) => x + 0)))
      throw new Error(`found ${found.points}, not ${expected}`);
    return "read";
  } catch (error) {
    const isTyped = error instanceof FedscoreError && error.code === "FEDSCORE_INVALID_DATA";
    if (points !== undefined || !isTyped) throw error;
    if (!error.message.startsWith("t.csv, ")) throw new Error(`names no file: ${error.message}`);
    if (error.message.length > 2000) throw new Error(`${error.message.length} characters of message`);
    return "refused";
  }
}

/** Tables and texts that are nearly some. */
export const csv = fuzzProperty({
  name: "csv",
  text: "a table gives the numbers that were written in any dialect; any other bytes give what a naive reader finds, or a typed error",
  cases: 2000,
  open() {
    const outcomes = { read: 0, refused: 0 };
    return {
      arbitrary: fc.oneof(table, changed, anything),
      holds(each) {
        outcomes[holds(each)]++;
      },
      end: () => `${outcomes.read} read, ${outcomes.refused} refused`,
    };
  },
});
