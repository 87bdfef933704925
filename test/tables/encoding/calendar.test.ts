import { describe, expect, it } from "vitest";
import {
  decodeTable,
  encodedWidth,
  encodeTable,
  fitTableEncoding,
  summarizeTable,
  type TableSchema,
} from "../../../src/entries/tables.js";
import { readCalendar, writeCalendar } from "../../../src/tables/encoding/calendar.js";
import { readInferred } from "../support.js";

const dayOf = (text: string) => Date.parse(text) / 864e5;

/** Coordinates of the year, the week and the day of a moment. */
function phasesOf(moment: number): number[] {
  const out = new Float32Array(6);
  writeCalendar(["year", "week", "day"], moment, out, 0);
  return [...out];
}

describe("parts of a date", () => {
  it("are the same whenever they come again, and a quarter further a quarter of a circle", () => {
    const [yearX = 0, yearY = 0, weekX = 0, weekY = 0, dayX = 0, dayY = 0] = phasesOf(dayOf("2020-06-01T06:00Z"));
    const later = phasesOf(dayOf("2021-06-01T12:00Z"));
    expect(Math.hypot(yearX - (later[0] ?? 0), yearY - (later[1] ?? 0))).toBeLessThan(0.001);
    const week = phasesOf(dayOf("2020-06-15T06:00Z"));
    expect(week[2]).toBeCloseTo(weekX, 5);
    expect(week[3]).toBeCloseTo(weekY, 5);
    expect(later[4]).toBeCloseTo(-dayY, 5);
    expect(later[5]).toBeCloseTo(dayX, 5);
  });

  it("move a day to the nearest one that is there in all of them", () => {
    const vectors = Float32Array.from(phasesOf(dayOf("1999-12-24T18:00Z")));
    const read = (text: string) => readCalendar(["year", "week", "day"], dayOf(text), vectors, 0);
    // 1999-12-24 was a Friday.
    for (const [start, found] of [
      ["1999-10-02T03:00Z", "1999-12-24T18:00Z"],
      ["2000-03-20T03:00Z", "1999-12-24T18:00Z"],
      ["2010-12-23T09:00Z", "2010-12-24T18:00Z"],
      ["2011-12-20T09:00Z", "2011-12-23T18:00Z"],
    ] as const)
      expect(read(start)).toBeCloseTo(dayOf(found), 4);
    expect(readCalendar([], 17.25, vectors, 0)).toBe(17.25);
    expect(readCalendar(["week"], dayOf("2020-01-01"), Float32Array.of(0, 0), 0)).toBeCloseTo(dayOf("2020-01-02"), 9);
  });

  it("are coordinates of a column that asks for them, and bring its dates back", () => {
    const days = Array.from({ length: 200 }, (_, row) =>
      new Date(864e5 * (11_000 + 37 * row)).toISOString().slice(0, 10),
    );
    const { table, schema } = readInferred(`when\n${days.join("\n")}\n`);
    const asked: TableSchema = { fields: [{ name: "when", type: "date", calendar: ["year", "week"] }] };
    const summary = summarizeTable(table, schema, { smallestCount: 1 });
    const plain = fitTableEncoding(schema, summary);
    const encoding = fitTableEncoding(asked, summary);
    expect([plain.dimension, encoding.dimension]).toEqual([1, 5]);
    expect(encoding.columns.map(encodedWidth)).toEqual([5]);
    const { vectors } = encodeTable(encoding, table);
    expect(decodeTable(encoding, vectors)).toEqual(table);
    // A score that is off by weeks, and the right year and weekday.
    const off = vectors.map((x, at) => (at % 5 === 0 ? x + 0.05 * Math.sin(at) : x));
    const [moved] = decodeTable(encoding, off).columns;
    const [real] = table.columns;
    if (moved?.kind !== "number" || real?.kind !== "number") throw new Error("no dates");
    const wrong = moved.values.filter((day, row) => day !== real.values[row]).length;
    expect(wrong).toBe(0);
  });
});
