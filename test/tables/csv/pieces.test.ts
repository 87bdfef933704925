import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordCutter, type TableRecord } from "../../../src/tables/csv/records.js";
import { CsvRows } from "../../../src/tables/csv/rows.js";
import { CsvSurvey } from "../../../src/tables/csv/survey.js";
import { encodeText } from "../../../src/tables/csv/text.js";

/** The pieces that a list is cut into at these places. */
function pieces<List extends { readonly length: number; slice(from: number, to?: number): List }>(
  list: List,
  places: readonly number[],
): List[] {
  const cuts = [0, ...places.map((place) => place % (list.length + 1)).toSorted((a, b) => a - b), list.length];
  return cuts.slice(1).map((to, index) => list.slice(cuts[index], to));
}

function recordsOf(texts: readonly string[], lineEnd: "\n" | "\r\n"): TableRecord[] {
  const records: TableRecord[] = [];
  const cutter = new RecordCutter({ delimiter: ",", lineEnd }, (record) => records.push(record) > 0);
  for (const text of texts) cutter.push(text);
  cutter.end();
  return records;
}

const places = fc.array(fc.nat(), { maxLength: 8 });
const cell = fc.constantFrom(
  "a",
  "",
  "12.5",
  '"x,y"',
  '"two ""quoted"" words"',
  '"line\r\nend"',
  '"line\nend"',
  "é",
  "\ufeffb",
);
const lines = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 12 });

describe("records of a text that comes in pieces", () => {
  it("are those of the text, wherever it is cut", () => {
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom("\n" as const, "\r\n" as const),
        fc.boolean(),
        places,
        (rows, lineEnd, ends, at) => {
          const text = rows.map((cells) => cells.join(",")).join(lineEnd) + (ends ? lineEnd : "");
          const whole = recordsOf([text], lineEnd);
          expect(recordsOf(pieces(text, at), lineEnd)).toEqual(whole);
          expect(whole.map(({ cells }) => cells.length)).toEqual(rows.map(({ length }) => length));
          expect(whole.map(({ from, to }) => text.slice(from, to)).join("")).toBe(text);
        },
      ),
    );
  });

  it("have the lines that they begin in, and what is wrong with their quotes", () => {
    const records = recordsOf(['a,b\n"1\n2', '",3\nx,"y', "\nz"], "\n");
    expect(records.map(({ line, fault }) => [line, fault !== undefined])).toEqual([
      [1, false],
      [2, false],
      [4, true],
    ]);
  });

  it("end where nobody wants more", () => {
    const seen: number[] = [];
    const cutter = new RecordCutter({ delimiter: ",", lineEnd: "\n" }, ({ line }) => seen.push(line) < 2);
    expect([cutter.push("a\nb\nc\n"), cutter.push("d\n"), seen]).toEqual([false, false, [1, 2]]);
  });
});

it("a file says the same in pieces of any size, in every coding", () => {
  const coding = fc.constantFrom(
    ...(["utf-8", "utf-16le", "utf-16be"] as const).map((encoding) => ({ encoding, byteOrderMark: true })),
    { encoding: "utf-8" as const, byteOrderMark: false },
    { encoding: "windows-1252" as const, byteOrderMark: false },
  );
  fc.assert(
    fc.property(coding, fc.boolean(), fc.integer({ min: 1024, max: 5000 }), (written, isNamed, size) => {
      const rows = Array.from({ length: 400 }, (_, row) => [`Zoë ${row}`, `"${row};\r\n${row}"`]);
      const body = [["naïve", "b"], ...rows].map((cells) => cells.join(";")).join("\r\n");
      const bytes = encodeText(`${isNamed ? "sep=;\r\n" : ""}${body}\r\n`, written);
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const survey = new CsvSurvey("t.csv");
      for (const part of parts) survey.add(part);
      const layout = survey.end();
      const found: (readonly string[])[] = [];
      const reader = new CsvRows(layout, "t.csv", (cells) => found.push(cells) > 0);
      for (const part of parts) reader.add(part);
      reader.end();
      const format = { delimiter: ";", lineEnd: "\r\n", endsLastLine: true, separatorLine: isNamed, quoteAll: false };
      expect(layout.dialect).toEqual({ ...written, ...format });
      expect(layout.names).toEqual(["naïve", "b"]);
      expect(found).toEqual(rows.map(([name, text]) => [name, text.slice(1, -1)]));
    }),
    { numRuns: 30 },
  );
});
