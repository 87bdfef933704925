import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closest, editDistance } from "../src/suggest.js";

const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });

describe("editDistance", () => {
  test.each([
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["trian", "train", 1],
    ["ca", "abc", 3],
  ])("%s to %s is %i", (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });

  test("is symmetric, 0 for equal words only, and at most the longer length", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const edits = editDistance(a, b);
        expect(editDistance(b, a)).toBe(edits);
        expect(edits === 0).toBe(a === b);
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("closest", () => {
  test("finds what was probably meant, else nothing", () => {
    const names = ["clients", "partition", "capacities", "seed"];
    expect(closest("client", names)).toBe("clients");
    expect(closest("Capacites", names)).toBe("capacities");
    expect(closest("zzz", names)).toBeUndefined();
    expect(closest("seed", [])).toBeUndefined();
  });
});
