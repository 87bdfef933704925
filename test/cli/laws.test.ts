/** What holds of every command: a new one is tested by being listed in src/cli/commands/index.ts. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { callCli, temporaryFolder } from "./support.js";

interface Listed {
  readonly path: readonly string[];
  readonly command: Command;
}

/** A command and all below it that do something, with the words that lead there. */
function listed(command: Command, path: readonly string[]): Listed[] {
  const inner = command.commands.flatMap((each) => listed(each, [...path, each.name()]));
  return command.commands.length > 0 ? inner : [{ path, command }];
}

const all = listed(await createProgram(), []);
const named = all.map((each) => [each.path.join(" "), each] as const);

/** Commands that print no result: they work until they are told to stop, or write a file for other programs. */
const silent = new Set([
  ...["worker", "join", "aggregate", "serve", "completion"],
  ...["keys init", "keys add", "keys revoke", "keys push", "keys certificate"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
const escapes = /\u001b/;

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => {
  remove();
  vi.unstubAllEnvs();
});

/** What must be given, so that something else can be wrong. */
function needed({ command }: Listed, word = "x"): string[] {
  const given = command.registeredArguments
    .filter(({ required }) => required)
    .map(({ argChoices }) => argChoices?.[0] ?? word);
  const mandatory = command.options
    .filter((option) => option.mandatory)
    .flatMap(({ long, argChoices }) => [
      long ?? "",
      argChoices?.[0] ?? (long === "--server" || long === "--upstream" ? "nats://127.0.0.1:1" : word),
    ]);
  return [...given, ...mandatory];
}

describe.each(named)("fedscore %s", (name, each) => {
  const { path, command } = each;

  it("has a description, and a help that ends with examples of its own options", async () => {
    const { code, stdout, stderr } = await callCli([...path, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(command.description()).not.toBe("");
    const [, examples] = stdout.split("\nExamples:\n");
    expect(examples, "examples").toBeDefined();
    const lines = examples.trimEnd().split("\n");
    const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
    for (const line of lines) {
      const [, words] = /^ {2}.*?\bfedscore ([^ ].*?)(?: {2}|$)/.exec(line) ?? [];
      expect(words, line).toBeDefined();
      expect(words.startsWith(name), line).toBe(true);
      for (const option of words.match(/(?<= )--?[a-z][a-z-]*/g) ?? []) expect([...known], line).toContain(option);
    }
  });

  it("every option says what it is for", () => {
    expect(command.options.filter(({ description }) => description === "")).toEqual([]);
  });

  it("an unknown option ends with 2 and one line, as does a word too many", async () => {
    const unknown = await callCli([...path, ...needed(each), "--no-such-option"]);
    expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 2, stdout: "" });
    expect(unknown.stderr).toMatch(/^fedscore: unknown option '--no-such-option'\n(\(Did you mean .*\)\n)?$/);
    // What takes as many words as there are would take this one, too.
    if ([...command.registeredArguments, ...command.options].some(({ variadic }) => variadic)) return;
    const words = command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? "x");
    const options = needed(each).slice(command.registeredArguments.filter(({ required }) => required).length);
    const more = await callCli([...path, ...words, "y", ...options]);
    expect(more.code).toBe(2);
    expect(more.stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("what must be given is asked for by name, with 2", async () => {
    if (needed(each).length === 0) return;
    const { code, stdout, stderr } = await callCli(path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^fedscore: (missing required argument|required option) '.*\n$/);
  });

  it("a number out of range ends with 2 and names the option", async () => {
    for (const option of command.options) {
      if (!option.parseArg || !option.required || option.variadic || !option.flags.includes("<number>")) continue;
      const { code, stdout, stderr } = await callCli([...path, ...needed(each), option.long ?? "", "many"]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(option.long ?? "");
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it("a choice that is none ends with 2 and lists them", async () => {
    for (const { long, argChoices, mandatory } of command.options) {
      if (!argChoices || mandatory) continue;
      const { code, stderr } = await callCli([...path, ...needed(each), long ?? "", "none"]);
      expect(code).toBe(2);
      for (const choice of argChoices) expect(stderr).toContain(choice);
    }
  });

  it("a file that is not there ends with 2, one line that names it, and no file", async () => {
    const [first] = command.registeredArguments;
    if (!first?.required || !/path|run|config|sweep|folder/.test(first.name())) return;
    const missing = join(folder, "none", "such.json");
    const { code, stdout, stderr } = await callCli([...path, ...needed(each, missing)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^fedscore: .*\n$/);
    expect(stderr).toContain("such.json");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("prints no escapes, with NO_COLOR or without it", async () => {
    for (const value of ["1", ""]) {
      vi.stubEnv("NO_COLOR", value);
      for (const args of [["--help"], ["--no-such-option"]]) {
        const { stdout, stderr } = await callCli([...path, ...args]);
        expect(stdout + stderr).not.toMatch(escapes);
      }
    }
  });

  it("has its result as JSON, where it prints one", () => {
    const has = command.options.some(({ long }) => long === "--json");
    expect(has).toBe(!silent.has(name));
  });
});

it("every command is told of in the program's help, and a word that is none is refused", async () => {
  const { stdout } = await callCli(["--help"]);
  for (const command of (await createProgram()).commands) expect(stdout).toContain(`  ${command.name()} `);
  expect(await callCli(["certfy"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "fedscore: unknown command 'certfy'\n(Did you mean certify?)\n",
  });
});
