import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { circlesIn, importsBelow, importsIn, importsNotDown } from "./support/imports.js";

/**
 * The floors of src, the lowest first: a file imports from its own room or from lower floors. Workers need the kernels alone; they stand
 * above the domain because it is pure and synchronous.
 */
const floors = [
  ["errors.ts"],
  ["fields.ts"],
  ["family.ts"],
  ["kernels"],
  ["data", "diffusion", "divergence"],
  ["network", "targets"],
  ["pruning"],
  ["workers"],
  ["federation"],
  ["theory"],
  ["experiment"],
  ["report"],
  ["cli"],
];

/** Files that put the rooms together. */
const isComposed = (file: string) =>
  ["index.ts", "worker.ts", "worker-functions.ts"].includes(file) || file.startsWith("entries/");

const imports = await importsBelow(fileURLToPath(new URL("../src", import.meta.url)));
const inRooms = new Map([...imports].filter(([file]) => !isComposed(file)));

describe("the house", () => {
  it("imports go down only", () => {
    expect(importsNotDown(inRooms, floors)).toEqual([]);
  });

  it("each room has one floor", () => {
    const rooms = new Set([...inRooms.keys()].map((file) => file.split("/")[0]));
    expect(floors.flat().sort()).toEqual([...rooms].sort());
  });

  it("files do not import one another in a circle, not for types either", () => {
    expect(circlesIn(imports)).toEqual([]);
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
      ["diffusion/sample.ts", ["../kernels/engine.js", "../pruning/mask.js", "../data/dataset.js", "../attic/old.js"]],
      ["attic/old.ts", ["./older.js"]],
      ["cli/main.ts", ["../kernels/engine.js", "../report/index.js", "../index.js"]],
    ]);
    expect(importsNotDown(made, floors)).toEqual([
      "diffusion/sample.ts -> pruning/mask.ts",
      "diffusion/sample.ts -> data/dataset.ts",
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
