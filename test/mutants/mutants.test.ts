import { existsSync, readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";
import { expect, it } from "vitest";
import { mutants, mutated } from "./index.mjs";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

it.each(mutants)("$id applies to today's $file", (mutant) => {
  const text = mutated(mutant, read(mutant.file));
  expect(text).not.toBe(read(mutant.file));
  if (!mutant.file.startsWith("assembly/")) expect(() => parseAst(text, { lang: "ts" })).not.toThrow();
  expect(mutant.why.length).toBeGreaterThan(10);
  expect(mutant.tests.filter((test) => !existsSync(new URL(`../../${test}`, import.meta.url)))).toEqual([]);
});

it("mutants have names of their own", () => {
  const ids = mutants.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});
