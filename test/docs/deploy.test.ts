// @module-tag slow
import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts, natsProgram } from "../../tools/nats-server.mjs";
import { requireBuild } from "../support/built.js";
import { setPorts } from "../support/keyed-server.js";
import { noServer, skipped } from "../support/nats-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/deploy.md"), "utf8");

/** The machines of the page, and where they are here. */
const addresses = { "10.0.0.1": "127.0.0.1", "10.0.0.2": "127.0.0.2", "10.0.0.3": "127.0.0.3" } as const;
const machines = { server: "127.0.0.1", coordinator: "127.0.0.2", worker: "127.0.0.3" } as const;

interface Block {
  readonly machine: keyof typeof machines;
  readonly kind: "runs" | "stays" | "install";
  readonly commands: string;
}

const blocks = [...page.matchAll(/```sh (\w+)(?:: (\w+))?\n([\s\S]*?)```/g)].map(
  ([, machine, kind = "runs", commands]) => ({
    ...{ machine, kind, commands },
  }),
) as Block[];

describe.skipIf(noServer)(`docs/deploy.md${skipped}`, () => {
  let folder: string;
  let ports: number[];
  const staying: {
    readonly child: ChildProcess;
    readonly outcome: Promise<{ code: number | null; output: string }>;
  }[] = [];

  beforeAll(async () => {
    requireBuild();
    folder = mkdtempSync(join(tmpdir(), "fedscore-deploy-"));
    ports = await freePorts(2);
    for (const address of Object.values(machines)) mkdirSync(join(folder, address, "fedscore"), { recursive: true });
    const programs = join(folder, "bin");
    mkdirSync(programs);
    symlinkSync(natsProgram, join(programs, "nats-server"));
    const main = join(root, "dist/cli/main.js");
    putProgram(
      join(programs, "npx"),
      `[ "$1" = fedscore ] || exit 9\nshift\nexec "${process.execPath}" "${main}" "$@"`,
    );
    // Copies into the folder that stands for the other machine.
    putProgram(
      join(programs, "scp"),
      `for last; do :; done\nto="${folder}/\${last%%:*}/\${last#*:}"\n[ -d "$to" ] || exit 9\nfor each; do [ "$each" = "$last" ] || set -- "$@" "$each"; shift; done\ncp "$@" "$to"`,
    );
  });

  afterAll(async () => {
    for (const { child } of staying) child.kill("SIGKILL");
    await Promise.all(staying.map(({ outcome }) => outcome));
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a block is here: other addresses, and ports that are free. */
  function here(commands: string): string {
    const replaced = Object.entries(addresses).reduce((text, [from, to]) => text.replaceAll(from, to), commands);
    return replaced.replaceAll(":4222", `:${ports[0]}`);
  }

  function options({ machine }: Block) {
    const path = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
    return { cwd: join(folder, machines[machine], "fedscore"), env: { ...process.env, PATH: path } };
  }

  async function run(block: Block): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)("sh", ["-ec", here(block.commands)], options(block));
    return `${stdout}${stderr}`;
  }

  /** Resolves once the output says what it should. */
  function stay(block: Block, sign: string): Promise<void> {
    const child = spawn("sh", ["-c", here(block.commands).replace(/(npx|nats-server) (?!.*&&)/, "exec $1 ")], {
      ...options(block),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const outcome = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.on("close", (code) => resolve({ code, output })),
    );
    staying.push({ child, outcome });
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          output += chunk;
          if (output.includes(sign)) resolve();
        });
      child.once("exit", () => reject(new Error(output)));
    });
  }

  test("its commands do on three machines what the page says", { timeout: 240_000 }, async () => {
    const outputs: string[] = [];
    for (const block of blocks.filter(({ kind }) => kind !== "install")) {
      if (block.kind === "stays") {
        await stay(block, block.machine === "server" ? "Server is ready" : "waiting for a run");
        continue;
      }
      outputs.push(await run(block));
      const conf = join(folder, "127.0.0.1/fedscore/server/nats-server.conf");
      if (existsSync(conf)) setPorts(conf, ports);
    }
    const all = outputs.join("\n");
    expect(all).toContain("is valid");
    expect(all).toMatch(/hospital-a +client/);
    expect(all).toContain("FEDSCORE_CALLS");
    const result = join(folder, "127.0.0.2/fedscore/runs/first/result.json");
    expect(JSON.parse(readFileSync(result, "utf8")).name).toBe("first");
    const keys = join(folder, "127.0.0.2/fedscore/fedscore-keys");
    for (const name of ["authority.json", "ca-key.pem", "server/server-key.pem", "users/node-1.creds"])
      expect(statSync(join(keys, name)).mode & 0o777, name).toBe(0o600);
    const worker = await staying[1].outcome;
    expect(worker.code).toBe(1);
    expect(worker.output).toContain("the server does not accept these credentials");
  });
});

test("each machine of the page has blocks, and what installs is all that is not run", () => {
  expect(new Set(blocks.map(({ machine }) => machine))).toEqual(new Set(["coordinator", "server", "worker"]));
  expect(blocks.filter(({ kind }) => kind === "stays")).toHaveLength(2);
  expect(page.match(/```sh/g)).toHaveLength(blocks.length + 1);
});

function putProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}
