import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/docs");

interface Example {
  readonly code: string;
  readonly output: string;
}

/** Each js block of a page with the text block that follows it. */
function examplesOf(markdown: string): Example[] {
  const pattern = /```js\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g;
  return [...markdown.matchAll(pattern)].map(([, code, output]) => ({ code, output }));
}

/** As strict as a project may be: indexed access is unchecked nowhere, absent and undefined are not the same. */
const compilerOptions = {
  target: "ES2022",
  module: "NodeNext",
  lib: ["ES2023", "DOM"],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

describe.each(["README.md", "docs/tutorial.md", "docs/federation.md"])("%s", async (page) => {
  const examples = examplesOf(await readFile(join(root, page), "utf8"));

  // The transport is a program for Node in JavaScript, whose messages have no types.
  const test = page === "docs/federation.md" ? undefined : it;
  test?.("has examples that are correct TypeScript too", async () => {
    const types = join(folder, `types-${page.replace(/\W/g, "-")}`);
    await mkdir(types, { recursive: true });
    const files = examples.map((_, number) => `example-${number + 1}.mts`);
    await Promise.all(examples.map(({ code }, number) => writeFile(join(types, `example-${number + 1}.mts`), code)));
    await writeFile(join(types, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const check = promisify(execFile)(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", types]);
    const problems = await check.then(
      () => "",
      ({ stdout }) => stdout,
    );
    expect(problems).toBe("");
  });

  it("shows at least one example", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples.map((example, number) => ({ number: number + 1, ...example })))(
    "example $number prints what the page says",
    async ({ number, code, output }) => {
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${page.replace(/\W/g, "-")}-${number}.mjs`);
      await writeFile(file, code);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
      expect(stdout.trim()).toBe(output.trim());
    },
  );
});
