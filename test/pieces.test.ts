import { describe, expect, it } from "vitest";
import { inPieces } from "../src/pieces.js";

describe("inPieces", () => {
  it.each([0, 1, 8191, 8192, 8193, 50_000])(
    "meets each of %i entries once and in order, with the operands",
    (length) => {
      const met: number[] = [];
      const operand = {};
      inPieces(
        length,
        (start, end, given) => {
          expect(given).toBe(operand);
          expect(start % 2).toBe(0);
          for (let i = start; i < end; i++) met.push(i);
        },
        operand,
      );
      expect(met).toEqual(Array.from({ length }, (_, i) => i));
    },
  );
});
