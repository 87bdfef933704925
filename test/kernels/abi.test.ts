/** docs/kernels-abi.txt is the part of the kernels that embedders may rely on: while its version stands, its lines stay. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { abiVersion, Epilogue, LevelColumn, Purpose, ScheduleCode } from "../../src/kernels/index.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Name and parameters of each kernel. */
function kernels(): string[] {
  const found = read("src/kernels/generated/kernels.ts").matchAll(/^ {2}(\w+)\((.*)\): (\w+);$/gm);
  return [...found].map(([, name, parameters, result]) => `${name}(${parameters}): ${result}`);
}

/** Each code of a family as a line. */
const codes = Object.entries({ Epilogue, LevelColumn, ScheduleCode, Purpose }).flatMap(([family, members]) =>
  Object.entries(members).map(([name, value]) => `${family}.${name} = ${value}`),
);

it("the low level has all that its version promises", () => {
  const promised = read("docs/kernels-abi.txt").trimEnd().split("\n");
  expect(promised.length).toBeGreaterThan(60);
  const there = new Set([`abiVersion = ${abiVersion}`, ...codes, ...kernels()]);
  expect(promised.filter((line) => !there.has(line))).toEqual([]);
});
