import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../src/base64.js";
import { arity } from "../../src/kernels/generated/kernels.js";
import relaxed from "../../src/kernels/generated/relaxed.js";
import simd from "../../src/kernels/generated/simd.js";
import { createEngine } from "../../src/kernels/index.js";
import { requireBuild } from "../support/built.js";
import { describeEngines } from "../support/engines.js";
import { createDebugEngine } from "../support/test-builds.js";

requireBuild();

const src = new URL("../../src/", import.meta.url);

async function sources(): Promise<string> {
  const names = (await readdir(src, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  const own = names.filter((name) => name.endsWith(".ts") && !name.startsWith("kernels/generated/"));
  return (await Promise.all(own.map((name) => readFile(new URL(name, src), "utf8")))).join("\n");
}

/** Kernels taken as `kernels.name` or by `const { name } = ....kernels`. */
function kernelsUsedIn(source: string): string[] {
  const members = [...source.matchAll(/\bkernels\.(\w+)/g)].map(([, name]) => name);
  const taken = [...source.matchAll(/\{([^{}]*)\} = [\w.]*kernels;/g)].flatMap(
    ([, names]) => names.match(/\w+/g) ?? [],
  );
  return [...members, ...taken];
}

describeEngines("a release build", (engineOf) => {
  it("exports what its types say, with as many parameters, and nothing else but its memory", () => {
    const { kernels } = engineOf();
    const found = Object.entries(kernels).filter(([, member]) => typeof member === "function");
    expect(Object.fromEntries(found.map(([name, kernel]) => [name, kernel.length]))).toEqual(arity);
    expect(Object.keys(kernels).length).toBe(found.length + 1);
  });
});

describe("the release builds", () => {
  it("export no kernel that src does not call", async () => {
    const used = new Set(kernelsUsedIn(await sources()));
    expect(Object.keys(arity).filter((name) => !used.has(name))).toEqual([]);
  });

  it("are at most 64 kB each", () => {
    for (const build of [simd, relaxed]) expect(decodeBase64(build).length).toBeLessThanOrEqual(64000);
  });

  it("are the only ones in src: the debug build exports the same and is for tests", async () => {
    expect((await readdir(new URL("kernels/generated", src))).sort()).toEqual(["kernels.ts", "relaxed.ts", "simd.ts"]);
    expect(Object.keys((await createDebugEngine()).kernels)).toEqual(Object.keys((await createEngine()).kernels));
  });
});

it("the package holds the two release builds, each once", async () => {
  const dist = new URL("../../dist/", import.meta.url);
  const names = (await readdir(dist, { recursive: true })).filter((name) => /\.(js|ts)$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, dist), "utf8")));
  // "\\0asm" in base64.
  const found = texts.flatMap((text) => text.match(/"AGFzbQ[A-Za-z0-9+/=]+"/g) ?? []);
  expect(found.sort()).toEqual([`"${relaxed}"`, `"${simd}"`].sort());
});

describe("kernelsUsedIn", () => {
  it("finds members and destructured names, and no others", () => {
    expect(kernelsUsedIn("engine.kernels.sum(x); const { dot, heap: h } = engine.kernels; kernel.other();")).toEqual([
      "sum",
      "dot",
      "heap",
      "h",
    ]);
  });
});
