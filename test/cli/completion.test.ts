import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { completedCommand } from "../../src/cli/completion/tree.js";
import { createProgram } from "../../src/cli/program.js";
import { callCli } from "./support.js";

const isHere = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

const scripts = new Map<string, string>();
beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) scripts.set(shell, (await callCli(["completion", shell])).stdout);
});

/** What a shell says to a program of its own on stdin. */
function ask(shell: string, program: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, ["-c", program], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

const program = completedCommand(await createProgram());
const names = program.commands.map(({ path }) => path[0]);

describe.skipIf(!isHere("bash"))("completion in bash", () => {
  const complete = (...words: string[]) =>
    ask(
      "bash",
      `${scripts.get("bash")}
COMP_WORDS=(fedscore ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_fedscore; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it("knows all commands, and those that begin like a word", () => {
    expect(complete("")).toEqual(names);
    expect(complete("co")).toEqual(names.filter((name) => name.startsWith("co")));
    expect(complete("keys", "")).toEqual(["init", "add", "list", "revoke", "push", "certificate"]);
  });

  it("knows the options of the command that is asked", () => {
    for (const { path, options } of program.commands)
      expect(complete(...path, "--")).toEqual(
        options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--"))),
      );
    expect(complete("keys", "add", "x", "--ro")).toEqual(["--role"]);
  });

  it("knows what an option or an argument may be", () => {
    expect(complete("run", "config.json", "--variant", "")).toEqual(["auto", "simd", "relaxed"]);
    expect(complete("keys", "add", "x", "--role", "w")).toEqual(["worker"]);
    expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("leaves files to the shell", () => {
    expect(complete("run", "")).toEqual([]);
    expect(complete("run", "--out", "")).toEqual([]);
    expect(scripts.get("bash")).toContain("complete -o default -F _fedscore fedscore");
  });
});

describe.skipIf(!isHere("fish"))("completion in fish", () => {
  const complete = (line: string) =>
    ask("fish", `${scripts.get("fish")}\ncomplete -C ${JSON.stringify(`fedscore ${line}`)}`).map(
      (each) => each.split("\t")[0],
    );

  it("knows commands, options and choices of the command that is asked", () => {
    expect(complete("co")).toEqual(names.filter((name) => name.startsWith("co")).sort());
    expect(complete("keys add x --ro")).toEqual(["--role"]);
    expect(complete("keys init --h")).toEqual(["--help", "--host"]);
    expect(complete("init --h")).toEqual(["--help"]);
    expect(complete("run x --variant ")).toEqual(["auto", "relaxed", "simd"]);
  });
});

describe.skipIf(!isHere("zsh"))("completion in zsh", () => {
  it("is a script that zsh reads", () => {
    expect(spawnSync("zsh", ["-n"], { input: scripts.get("zsh"), encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});
