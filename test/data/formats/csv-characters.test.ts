import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../src/data/formats/csv.js";

const read = (cell: string) => readCsv(new TextEncoder().encode(`1\n${cell}\n`), "t.csv", { header: false });

describe("characters of numbers that are not ASCII", () => {
  it("spaces and dashes of Unicode, and marks that nobody sees, are named by their code", () => {
    const codes = Array.from({ length: 0xfffe }, (_, code) => code).filter(
      (code) => code > 0x7f && /[\p{Zs}\p{Pd}\p{Cf}\u2212]/u.test(String.fromCharCode(code)),
    );
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) {
      const character = String.fromCharCode(code);
      const cell = /[\p{Pd}\u2212]/u.test(character) ? `${character}12` : `1${character}2`;
      const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")} (`;
      expect(() => read(cell), name).toThrow(name);
    }
  });

  it("anything between digits is refused, never for its size where it is no number", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), (text) => {
        fc.pre(!/[\r\n,"#]/.test(text) && !/^[\d.eE+ \t-]*$/.test(text));
        expect(() => read(`1${text}2`)).toThrow(expect.objectContaining({ code: "FEDSCORE_INVALID_DATA" }));
        expect(() => read(`1${text}2`)).not.toThrow("float32 ends");
        expect(() => read(`12${text}`)).not.toThrow("float32 ends");
      }),
    );
  });
});
