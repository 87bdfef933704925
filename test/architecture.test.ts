import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { circlesIn, importsBelow, importsIn, importsNotDown, reachedFrom, valueImportsIn } from "./support/imports.js";

/**
 * The floors of src, the lowest first: a file imports from its own room or from lower floors. Workers need the kernels alone; they stand
 * above the domain because it is pure and synchronous.
 */
const floors = [
  ["base64.ts", "canonical-json.ts", "crc32.ts", "errors.ts", "parse-json.ts", "pieces.ts", "sha256.ts", "suggest.ts"],
  ["load-package.ts", "options.ts"],
  ["fields.ts"],
  ["family.ts"],
  ["kernels", "privacy"],
  ["data"],
  ["diffusion", "divergence", "tables"],
  ["network", "targets"],
  ["pruning", "judges"],
  ["workers"],
  ["model"],
  ["federation"],
  ["theory"],
  ["remote"],
  ["experiment"],
  ["report"],
  ["web", "cli"],
];

/** The floors of src/experiment. */
const experimentFloors = [
  ["progress.ts", "identity.ts", "input.ts"],
  ["metrics"],
  ["config"],
  ["files"],
  ["result"],
  ["folder"],
  ["environment.ts"],
  ["prepare"],
  ["init"],
  ["stages"],
  ["keep", "ready.ts"],
  ["execute.ts"],
  ["table-files.ts"],
  ["write-results.ts"],
  ["run-logged.ts"],
  ["coordinate"],
  ["run.ts"],
  ["sweep"],
];

/** Files that put the rooms together. */
const isComposed = (file: string) =>
  ["index.ts", "worker.ts", "worker-functions.ts"].includes(file) || file.startsWith("entries/");

/** Whether a specifier of a file leads out of the folder that the file's path is in. */
const leaves = (file: string, specifier: string) => join(dirname(file), specifier).startsWith("..");

const source = fileURLToPath(new URL("../src", import.meta.url));
const imports = await importsBelow(source);
const inExperiment = new Map(
  [...imports].flatMap(([file, found]) =>
    file.startsWith("experiment/")
      ? [[file.slice(11), found.filter((specifier) => !leaves(file.slice(11), specifier))] as const]
      : [],
  ),
);
const inRooms = new Map([...imports].filter(([file]) => !isComposed(file)));

describe("the house", () => {
  it("imports go down only", () => {
    expect(importsNotDown(inRooms, floors)).toEqual([]);
  });

  it("each room has one floor", () => {
    const rooms = new Set([...inRooms.keys()].map((file) => file.split("/")[0]));
    expect(floors.flat().sort()).toEqual([...rooms].sort());
  });

  it("the rooms of experiment have floors of their own", () => {
    const rooms = new Set([...inExperiment.keys()].map((file) => file.split("/")[0]));
    expect(experimentFloors.flat().sort()).toEqual([...rooms].sort());
    expect(importsNotDown(inExperiment, experimentFloors)).toEqual([]);
  });

  it("rooms stay small: at most 400 lines a file, and 15 rooms in experiment", async () => {
    const written = [...imports.keys()].filter((file) => !file.startsWith("kernels/generated/"));
    const lines = await Promise.all(
      written.map(
        async (file) => [file, (await readFile(`${source}/${file}`, "utf8")).split("\n").length - 1] as const,
      ),
    );
    expect(lines.filter(([, count]) => count > 400)).toEqual([]);
    expect(experimentFloors.flat().filter((room) => !room.endsWith(".ts")).length).toBeLessThanOrEqual(15);
  });

  it("a web page can open a model: nothing that src/model imports is of Node or zod", () => {
    const files = [...imports.keys()].filter((file) => file.startsWith("model/"));
    const reached = new Set(files.flatMap((file) => [file, ...reachedFrom(imports, file)]));
    const packages = [...reached].flatMap((file) => imports.get(file) ?? []).filter((name) => !name.startsWith("."));
    expect([...new Set(packages)].sort()).toEqual(["@assemblyscript/loader", "d3-time-format", "papaparse"]);
  });

  it("a web page can run a config: nothing that src/web runs is of Node", async () => {
    const run = await importsBelow(source, valueImportsIn);
    const files = [...run.keys()].filter((file) => file.startsWith("web/"));
    const reached = new Set(files.flatMap((file) => [file, ...reachedFrom(run, file)]));
    expect([...reached].filter((file) => run.get(file)?.some((name) => name.startsWith("node:")))).toEqual([]);
  });

  it("files do not import one another in a circle, not for types either", () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it("the kernels are imported by their index alone", () => {
    const inner = [...imports].filter(([file]) => !file.startsWith("kernels/")).flatMap(([, found]) => found);
    expect(inner.filter((specifier) => /\bkernels\/(?!index\.js$)/.test(specifier))).toEqual([]);
  });

  it("one file imports comlink", () => {
    const importers = [...inRooms].filter(([, found]) => found.some((specifier) => specifier.startsWith("comlink")));
    expect(importers.map(([file]) => file)).toEqual(["workers/comlink/comlink.ts"]);
  });
});

describe("the checks of the house", () => {
  it("find imports of values, of types, for effect and dynamic ones", () => {
    const source = `
      import { a } from "./a.js";
      import type { B } from "../b.js";
      export { type C } from "./c.js";
      import "./d.js";
      const e = await import("./e.js");
      type F = import("./f.js").F;`;
    expect(importsIn(source)).toEqual(["./a.js", "../b.js", "./c.js", "./d.js", "./e.js", "./f.js"]);
  });

  it("find an import upward, beside and into a room without a floor", () => {
    const made = new Map([
      ["kernels/engine.ts", ["../errors.js", "./arena.js", "node:fs"]],
      [
        "diffusion/sample.ts",
        ["../kernels/engine.js", "../pruning/mask.js", "../divergence/index.js", "../attic/old.js"],
      ],
      ["attic/old.ts", ["./older.js"]],
      ["cli/main.ts", ["../kernels/engine.js", "../report/index.js", "../index.js"]],
    ]);
    expect(importsNotDown(made, floors)).toEqual([
      "diffusion/sample.ts -> pruning/mask.ts",
      "diffusion/sample.ts -> divergence/index.ts",
      "diffusion/sample.ts -> attic/old.ts",
      "attic/old.ts -> attic/older.ts",
      "cli/main.ts -> index.ts",
    ]);
  });

  it("find circles of two files and of three, each once, and not what only leads to one", () => {
    const made = new Map([
      ["a.ts", ["./b.js"]],
      ["b.ts", ["./a.js", "./leaf.js"]],
      ["leaf.ts", []],
      ["room/x.ts", ["./y.js"]],
      ["room/y.ts", ["../z.js"]],
      ["z.ts", ["./room/x.js", "./a.js"]],
      ["entry.ts", ["./room/x.js"]],
    ]);
    expect(circlesIn(made)).toEqual([
      ["a.ts", "b.ts"],
      ["room/x.ts", "room/y.ts", "z.ts"],
    ]);
  });
});
