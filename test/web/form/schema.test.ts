import { expect, it } from "vitest";
import { check } from "../../../src/web/form/problems.js";
import { configForm, controlOf, startingMember } from "../../../src/web/form/schema.js";
import type { JsonObject } from "../../../src/web/json.js";

it.each([
  ["privacy"],
  ["federation", "aggregation"],
  ["federation", "attack"],
  ["federation", "clientRule"],
  ["federation", "encoding"],
  ["federation", "server"],
])("whatever is chosen of %s %s begins with values in their ranges", (...path) => {
  const keys = path.filter((key) => typeof key === "string");
  const schema = keys.reduce((here, key) => here?.properties?.[key], configForm as typeof configForm | undefined);
  const control = schema && controlOf(schema);
  if (control?.kind !== "member") throw new TypeError(`${keys.join(".")} is no choice`);
  for (const choice of control.choices) {
    const member = startingMember(choice, false);
    const set = keys.reduceRight<JsonObject>((value, key) => ({ [key]: value }), member as JsonObject);
    const checked = check({ name: "form", data: { kind: "ring" }, ...set });
    const problems = "problems" in checked ? checked.problems : [];
    expect(problems.filter((problem) => problem.startsWith(`config.${keys.join(".")}.`))).toEqual([]);
  }
});

it("a number that has to be given begins at 1, a probability where its schema says", () => {
  const schema = configForm.properties?.privacy;
  const control = schema && controlOf(schema);
  const starts = control?.kind === "member" ? control.choices.map((choice) => startingMember(choice, false)) : [];
  expect(starts).toEqual(["client", "record"].map((kind) => ({ kind, clipNorm: 1, noiseMultiplier: 1, delta: 1e-5 })));
});
