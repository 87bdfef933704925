/** Every fenced block of the pages is run, type-checked or parsed: what prints something by examples.test.ts, files of their own by test/e2e, all others here. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { pagesOf } from "../../tools/site/stage.mjs";
import { requireBuild } from "../support/built.js";
import { faultOf, unknownOptions } from "../support/commands.js";
import { type Block, blocksOf } from "../support/markdown.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [...pagesOf(root), "README.md"];
const blocks = pages.flatMap((page) => blocksOf(read(page)).map((block) => ({ ...block, page })));
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
const { scripts } = JSON.parse(read("package.json"));

it("blocks are of languages that are checked", () => {
  const known = ["js", "ts", "html", "json", "sh", "python", "text"];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ page, line }) => `${page}:${line}`)).toEqual(
    [],
  );
  expect(of("js").length).toBeGreaterThan(10);
  expect(of("sh").length).toBeGreaterThan(20);
});

it.skipIf(spawnSync("python3", ["--version"]).status !== 0)("python is python", () => {
  for (const { code, page, line } of of("python")) {
    const { stderr } = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: code });
    expect(`${page}:${line} ${stderr}`).toBe(`${page}:${line} `);
  }
});

describe("js, ts, html", () => {
  /** As strict as a project may be, but for parameters of JavaScript without a type. */
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2023", "DOM"],
    types: ["node"],
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };

  /** What `given: name: Type; ...` declares. */
  const declared = (given: string, isTyped: boolean) =>
    given
      .split(";")
      .map((each) => /^\s*(\w+): ([\s\S]+?)\s*$/.exec(each))
      .flatMap((found) => (found ? [[found[1], found[2]]] : []))
      .map(([name, type]) =>
        isTyped
          ? `declare const ${name}: ${type};`
          : `/** @type {${type}} */ const ${name} = /** @type {any} */ (undefined);`,
      )
      .join(" ");

  function programOf({ language, code, given }: Block): string {
    if (language !== "html") return `${declared(given, language === "ts")}${code}export {};\n`;
    const scripts = [...code.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)].map(([, script]) => script);
    const local = scripts.join("\n").replace(/"https:[^"]*fedscore\.min\.js"/g, '"fedscore"');
    return `${declared(given, false)}${local}\nexport {};\n`;
  }

  it("are correct by their types", { timeout: 120_000 }, async () => {
    requireBuild();
    const folder = join(root, "build/docs/types");
    rmSync(folder, { recursive: true, force: true });
    const files = of("js", "ts", "html").map((block) => {
      const [, own] = /^\/\/ (\S+\.js)\n/.exec(block.code) ?? [];
      const page = block.page.replace(/\W/g, "-");
      const path = own ? `${page}/${own}` : `${page}/line-${block.line}.${block.language === "ts" ? "mts" : "mjs"}`;
      mkdirSync(join(folder, page), { recursive: true });
      writeFileSync(join(folder, path), programOf(block));
      return path;
    });
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const problems = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
      () => "",
      ({ stdout }) => stdout,
    );
    expect(problems).toBe("");
  });

  it("interfaces that are shown are those of the source", () => {
    const shown = of("ts").flatMap(({ code }) => /interface Transport \{\n([\s\S]*?)\n\}/.exec(code)?.[1] ?? []);
    expect(shown).toHaveLength(1);
    const source = read("src/federation/transport.ts");
    for (const line of shown.join("\n").split("\n")) expect(source).toContain(line);
  });
});

describe("json", () => {
  it.each(of("json"))("$page:$line is a config, or a part of one", ({ code }) => {
    const part: object = JSON.parse(code.trim().startsWith("{") ? code : `{${code.trim().replace(/,$/, "")}}`);
    expect(parseConfig({ name: "page", data: { kind: "moons" }, ...part })).toMatchObject({ name: "page" });
  });
});

/** Commands of a line of a shell, comments left out. */
const commandsOf = (code: string) =>
  code
    .replace(/\\\n/g, " ")
    .split(/\n|&&|\||;/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");

describe("sh", () => {
  it.each(of("sh"))("$page:$line is a script with commands that there are", async ({ code }) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: code, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const faults: (string | undefined)[] = [];
    for (const command of commandsOf(code)) {
      const [, own] = /^(?:sudo )?(?:npx )?fedscore(?: ([^<>&]*)|$)/.exec(command) ?? [];
      if (own !== undefined) faults.push(await faultOf(own));
      const [, script] = /^npm run ([\w:]+)/.exec(command) ?? [];
      if (script !== undefined) faults.push(script in scripts ? undefined : `there is no script ${script}`);
    }
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it.each(pages)("%s: commands within sentences have options that there are", async (page) => {
    const text = read(page).replace(/^```[\s\S]*?^```$/gm, "");
    const faults: string[] = [];
    for (const [, line = ""] of text.matchAll(/`(?:npx )?fedscore ([a-z][^`\n]*)`/g)) {
      const unknown = await unknownOptions(line.replace(/[[\]]/g, ""));
      faults.push(...unknown.map((each) => `fedscore ${line}: ${each}`));
    }
    expect(faults).toEqual([]);
  });
});
