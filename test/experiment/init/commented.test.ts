import { expect, test } from "vitest";
import { commentedJson } from "../../../src/experiment/init/commented.js";

test("comments stand behind short lines and above long ones and objects; of a union the named member explains", () => {
  const long = "Words that are too many to stand behind a key, ".repeat(3).trim();
  const text = commentedJson(
    { name: "a", rates: [1, 0.5], steps: [{ kind: "b", size: 2 }], absent: undefined, last: { deep: true } },
    {
      properties: {
        name: { description: "A name." },
        rates: { description: long },
        steps: {
          description: "Steps.",
          items: {
            oneOf: [
              { properties: { kind: { const: "a" }, size: { description: "Another size." } } },
              { properties: { kind: { const: "b" }, size: { description: "A size.", enum: [1, 2] } } },
            ],
          },
        },
        last: { anyOf: [{ const: false }, { properties: { deep: {} } }] },
      },
    },
  );
  expect(text).toBe(`{
  "name": "a", // A name.
  // Words that are too many to stand behind a key, Words that are too many to stand behind a key, Words that are too
  // many to stand behind a key,
  "rates": [1, 0.5],
  // Steps. One of "a", "b".
  "steps": [
    {
      "kind": "b",
      "size": 2 // A size. One of 1, 2.
    }
  ],
  "last": {
    "deep": true
  }
}
`);
});
