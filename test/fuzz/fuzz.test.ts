import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, it, test } from "vitest";
import { tries } from "../support/thorough.js";
import { properties } from "./index.js";
import { fuzzProperty } from "./property.js";

/** Set by tools/fuzz.mjs; without it a few cases of each property run. */
const { FEDSCORE_FUZZ } = process.env;
const plan: { names: string[]; cases?: number; seed: number; path?: string } =
  FEDSCORE_FUZZ === undefined ? { names: [], seed: 1 } : JSON.parse(FEDSCORE_FUZZ);
const chosen = plan.names.length === 0 ? properties : plan.names.map(propertyNamed);

function propertyNamed(name: string) {
  const property = properties.find((each) => each.name === name);
  if (!property) throw new Error(`no property ${name}; there are ${properties.map((each) => each.name).join(", ")}`);
  return property;
}

/** At most one line in ten seconds. */
function progress(name: string, cases: number) {
  const started = Date.now();
  let told = started;
  return (done: number) => {
    if (Date.now() - told < 10_000) return;
    told = Date.now();
    console.info(`${name}: ${done} of ${cases} cases, ${Math.round((told - started) / 1000)} s`);
  };
}

for (const { name, text, cases: few, isSlow, run } of chosen) {
  test(`${name}: ${text}`, { timeout: 24 * 3_600_000, tags: isSlow ? ["slow"] : [] }, async () => {
    const { cases = tries(Math.ceil(few / 3), few), seed, path } = plan;
    const summary = await run({ cases, seed, ...(path && { path }), onCase: progress(name, cases) });
    console.info(`${name}: ${cases} cases, seed ${seed}${summary ? `: ${summary}` : ""}`);
  });
}

if (FEDSCORE_FUZZ === undefined) {
  it("has a property in each file of the folder", () => {
    const frame = ["index.ts", "property.ts", "fuzz.test.ts"];
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts") && !frame.includes(file));
    expect(properties.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  });

  it("stops at a counterexample, shrinks it and says how to replay it", async () => {
    let last: number | undefined;
    const below = fuzzProperty({
      name: "below",
      text: "numbers are below 50",
      cases: 100,
      open: () => ({
        arbitrary: fc.nat({ max: 100 }),
        holds(each) {
          last = each;
          if (each >= 50) throw new Error(`${each} is not below 50`);
        },
      }),
    });
    const failure: Error = await below.run({ cases: 100, seed: 3 }).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(failure.message).toMatch(
      /50 is not below 50\ncounterexample, after \d+ shrinks: 50\nreplay: npm run fuzz -- below --seed 3 --path /,
    );
    const path = failure.message.split("--path ")[1];
    last = undefined;
    await expect(below.run({ cases: 100, seed: 3, ...(path && { path }) })).rejects.toThrow("50 is not below 50");
    expect(last).toBe(50);
  });
}
