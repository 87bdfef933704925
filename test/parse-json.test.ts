import { describe, expect, it } from "vitest";
import { JsonProblem, parseJson, pathOf } from "../src/parse-json.js";

function problem(text: string): string {
  try {
    parseJson(text, { comments: true });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return `${error.line}:${error.column} ${error.message}`;
  }
  return "none";
}

describe("parseJson", () => {
  it("keeps keys that objects have by themselves", () => {
    const value = parseJson('{ "__proto__": { "a": 1 }, "constructor": 2 }');
    expect(Object.entries(value as object)).toEqual([
      ["__proto__", { a: 1 }],
      ["constructor", 2],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it("takes comments where they are allowed", () => {
    const text = '/* a */ { // b\r"c": /**/ [1, // d\n 2] }// e';
    expect(parseJson(text, { comments: true })).toEqual({ c: [1, 2] });
    expect(() => parseJson(text)).toThrow('expected a value, found "/"');
  });

  it.each([
    ['{ "a": 1,\n  "a": 2 }', "2:3 the key a is given twice"],
    ['{ "x": [1, { "b c": { "a": 1, "\\u0061": 2 } }] }', '1:31 the key x[1]["b c"].a is given twice'],
    ['{ "__proto__": 1, "__proto__": 1 }', "1:19 the key __proto__ is given twice"],
    ["", "1:1 expected a value, found the end of the text"],
    ['{\n "a": [\n', "3:1 expected a value, found the end of the text; line 2 begins what is not closed"],
    ['{ "a" 1 }', '1:7 expected ":" behind a key, found "1"'],
    ["{ a: 1 }", '1:3 expected a key in double quotes, found "a"'],
    ["[1 2]", '1:4 expected "," or "]", found "2"'],
    ["[1,]", '1:4 a "," behind the last entry'],
    ["[NaN]", '1:2 expected a value, found "NaN"'],
    ["[01]", '1:3 expected "," or "]", found "1"'],
    ['"a\\x"', "1:3 a \\ in a text that is no escape; \\\\ is the character itself"],
    ['"a\nb"', "1:3 a line end or control character in a text"],
    ['["a', "1:2 a text without its closing quote"],
    ["1 /* a", "1:3 a comment without its end */"],
    ["1 1", '1:3 expected nothing behind the value, found "1"'],
  ])("says what is wrong with %j", (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it("refuses what is nested without end, long or deep, in a moment", () => {
    expect(problem("[".repeat(3e6))).toBe("1:501 nested deeper than 500");
    expect(problem('{"a":'.repeat(1e6))).toMatch(/nested deeper than 500$/);
    expect(parseJson("[".repeat(500) + "]".repeat(500))).toHaveLength(1);
    expect(problem(`"${"a".repeat(3e5)}`)).toBe("1:1 a text without its closing quote");
    expect(problem("//\n".repeat(1e5))).toBe("100001:1 expected a value, found the end of the text");
  }, 20_000);
});

describe("pathOf", () => {
  it("is what a person writes, and short", () => {
    expect(pathOf(["a", 0, "b_c"])).toBe(".a[0].b_c");
    expect(pathOf(["\u001b[31m", ""])).toBe('["\\u001b[31m"][""]');
    expect(pathOf(Array.from({ length: 400 }, () => "level")).length).toBeLessThan(250);
    expect(pathOf(["x".repeat(1e6)]).length).toBeLessThan(80);
  });
});
