import fc from "fast-check";
import { expect, it } from "vitest";
import { isObject } from "../../src/web/json.js";
import { configIn, hashOf } from "../../src/web/link.js";

it("brings every config back, in characters that an address may have", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 2 })), (value) => {
      const config: unknown = JSON.parse(JSON.stringify(value));
      if (!isObject(config)) throw new Error("a dictionary is an object");
      const hash = hashOf(config);
      expect(hash).toMatch(/^#config=[\w-]+$/);
      expect(configIn(hash)).toEqual(config);
    }),
    { numRuns: 25 },
  );
});

it.each(["", "#", "#runs"])("finds none in %j", (hash) => {
  expect(configIn(hash)).toBeUndefined();
});

it.each([hashOf({ name: "ring" }).slice(0, -2), "#config=", "#config=%%%", "#config=W10", "#config=bnVsbA"])(
  "says that %s is damaged",
  (hash) => {
    expect(() => configIn(hash)).toThrow(/damaged: copy the whole link/);
  },
);

it("reads no link that is nested without end, and says so", () => {
  const text = `{"data":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  expect(() => configIn(`#config=${btoa(text).replace(/=+$/, "")}`)).toThrow(/damaged: .*nested deeper than 500/);
});
