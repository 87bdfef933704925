import { describe, expect, it } from "vitest";
import { parseTableSchema } from "../../../src/entries/tables.js";

const field = (given: object) => () => parseTableSchema({ fields: [{ name: "a", ...given }] });

describe("a schema", () => {
  it("is taken as it is", () => {
    const schema = {
      fields: [
        { name: "a", type: "number", format: "0.0#", decimalChar: ",", groupChar: ".", constraints: { minimum: -1.5 } },
        { name: "b", type: "integer", missingValues: ["-9"], constraints: { minimum: 0, maximum: 9 } },
        { name: "c", title: "", type: "boolean", trueValues: ["J"], falseValues: ["N"] },
        { name: "d", type: "string", constraints: { enum: ["x", "y"] } },
        { name: "e", type: "date", format: "%d.%m.%Y", constraints: { minimum: "31.12.1899" } },
        { name: "f", type: "datetime", calendar: ["year", "day"] },
      ],
      missingValues: ["", "NA"],
    };
    expect(parseTableSchema(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
  });

  it.each([
    [{ type: "text" }, 'schema.fields[0].type must be one of "number", "integer"'],
    [{ type: "string", format: "email" }, "schema.fields[0].format is not known"],
    [
      { type: "number", format: "%d" },
      'schema.fields[0].format must be such as "0.00" or "0.##", with up to 15 decimals',
    ],
    [{ type: "number", groupChar: "1" }, "schema.fields[0].groupChar must be one character, none of a number's"],
    [{ type: "number", groupChar: "." }, "schema.fields[0].groupChar must be one character"],
    [{ type: "number", decimalChar: ";" }, 'schema.fields[0].decimalChar must be one of "." or ","'],
    [
      { type: "integer", constraints: { minimum: 0.5 } },
      "schema.fields[0].constraints.minimum must be an integer, got 0.5",
    ],
    [
      { type: "number", constraints: { minimum: 2, maximum: 1 } },
      "schema.fields[0].constraints.maximum must not lie below minimum",
    ],
    [
      { type: "number", constraints: { minimun: 2 } },
      'schema.fields[0].constraints.minimun is not known (did you mean "minimum"?)',
    ],
    [{ type: "date", format: "dd.mm.yyyy" }, "schema.fields[0].format must be directives of strptime"],
    [
      { type: "date", constraints: { minimum: "2023-02-29" } },
      "schema.fields[0].constraints.minimum must be written as %Y-%m-%d",
    ],
    [{ type: "date", calendar: ["year", "day"] }, 'schema.fields[0].calendar must not have "day": a date has no time'],
    [{ type: "date", calendar: ["month"] }, 'schema.fields[0].calendar[0] must be one of "year", "week" or "day"'],
    [{ type: "date", calendar: ["week", "year"] }, "schema.fields[0].calendar[1] must be shorter than the one before"],
    [{ type: "date", calendar: ["year", "year"] }, "schema.fields[0].calendar[1] must be shorter than the one before"],
    [{ type: "integer", calendar: ["year"] }, "schema.fields[0].calendar is not known"],
    [{ type: "boolean", trueValues: [] }, "schema.fields[0].trueValues must not be empty"],
    [
      { type: "string", constraints: { enum: ["a", "a"] } },
      "schema.fields[0].constraints.enum must not have an entry twice",
    ],
    [{ type: "string", missingValues: [1] }, "schema.fields[0].missingValues[0] must be a text"],
  ])("is refused with %j", (given, message) => {
    expect(field(given)).toThrow(message);
  });

  it("has each name once", () => {
    const twice = {
      fields: [
        { name: "a", type: "string" },
        { name: "a", type: "number" },
      ],
    };
    expect(() => parseTableSchema(twice)).toThrow('schema.fields[1].name must be unique, got "a"');
  });
});
