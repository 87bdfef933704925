import { describe, expect, it } from "vitest";
import { CsvFields, readsAsTable } from "../../../src/data/formats/csv-fields.js";

describe("a reading that may fail", () => {
  it("tells text whose quotes do not close, and takes no other error for that", () => {
    const readAll = (text: string) => () => {
      const fields = new CsvFields(new TextEncoder().encode(text), "table", { delimiter: ",", comments: true });
      while (fields.nextRow()) fields.next();
    };
    expect(readsAsTable(readAll('"a"\nb\n'))).toBe(true);
    expect(readsAsTable(readAll('"a\nb\n'))).toBe(false);
    expect(readsAsTable(readAll('"a"b\n'))).toBe(false);
    const mistake = new TypeError("of the program");
    expect(() =>
      readsAsTable(() => {
        throw mistake;
      }),
    ).toThrow(mistake);
  });
});
