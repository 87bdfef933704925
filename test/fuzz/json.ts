import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import { JsonProblem, parseJson } from "../../src/parse-json.js";
import { fuzzProperty } from "./property.js";

const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("__proto__", "constructor", "toString", "a", "a"));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -0),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("any")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).any;
const written = fc
  .tuple(value, fc.constantFrom(undefined, 1, "\t", "\r\n"))
  .map(([content, indent]) => JSON.stringify(content, null, indent?.toString()) ?? "null");
const piece = fc.constantFrom(...'{}[]",:0123456789-+.eE\\u/* \n\tntfalsrxaé\0\u2028', '"a":1', "true", "null");
const changed = fc
  .tuple(written, fc.array(fc.tuple(fc.nat(), fc.nat(3), piece), { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) =>
    edits.reduce((now, [at, removed, added]) => {
      const begin = at % (now.length + 1);
      return now.slice(0, begin) + added + now.slice(begin + removed);
    }, text),
  );

/** Texts that are JSON, nearly, or not at all. */
const jsonTexts = fc.oneof(
  written,
  changed,
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
);

/** `parseJson` gives what `JSON.parse` gives; where it refuses what that takes, an object has a key twice. */
function agreesWithTheEngine(text: string): void {
  const expected = outcome(() => JSON.parse(text) as unknown);
  const found = outcome(() => parseJson(text));
  if ("value" in found) {
    // Not toEqual: keys such as "constructor" mislead it.
    expect(isDeepStrictEqual(found, expected), JSON.stringify(text)).toBe(true);
    return;
  }
  expect(found.error).toBeInstanceOf(JsonProblem);
  if (!(found.error instanceof JsonProblem)) return;
  const { line, column, message } = found.error;
  const lines = text.split(/\r\n|\r|\n/);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
  if ("value" in expected) expect(message).toContain("is given twice");
}

/** Texts against the engine's own parser. */
export const json = fuzzProperty({
  name: "json",
  text: "a text gives what JSON.parse gives, or is refused as there, or has a key twice",
  cases: 2000,
  open: () => ({ arbitrary: jsonTexts, holds: agreesWithTheEngine }),
});

type Outcome = { readonly value: unknown } | { readonly error: unknown };

function outcome(work: () => unknown): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}
