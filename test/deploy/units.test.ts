import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { callCli } from "../cli/support.js";

const deploy = "deploy";
const read = (name: string) => readFileSync(join(deploy, name), "utf8");

/** The command lines of fedscore in a file, without program. */
function commandsIn(name: string): string[][] {
  const text = read(name);
  const units = [...text.matchAll(/^ExecStart=\S+ --no-install fedscore (.*)$/gm)].map(([, line]) => line.split(" "));
  const services = [...text.matchAll(/command: (\["npx".*\])/g)].map(
    ([, list]) => JSON.parse(list).slice(2) as string[],
  );
  return [...units, ...services];
}

describe("deploy", () => {
  test.each(["fedscore-worker.service", "compose.yaml"])(
    "%s calls fedscore with commands and options that it has",
    async (name) => {
      const commands = commandsIn(name);
      expect(commands.length).toBeGreaterThan(0);
      for (const [command, ...options] of commands) {
        const { stdout } = await callCli([command, "--help"]);
        for (const option of options.filter((each) => each.startsWith("--"))) expect(stdout).toContain(option);
      }
    },
  );

  test("compose.yaml mounts what fedscore keys makes", () => {
    const sources = [...read("compose.yaml").matchAll(/- \.\/(fedscore-keys\/\S+?):/g)].map(([, path]) => path);
    expect(sources.sort()).toEqual(
      ["ca.pem", "ca.pem", "server", "users/control.creds", "users/worker.creds"]
        .map((path) => `fedscore-keys/${path}`)
        .sort(),
    );
  });

  const python = spawnSync("python3", ["-c", "import yaml"]).status === 0;
  test.skipIf(!python)("compose.yaml is YAML", () => {
    const script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
    const parsed = JSON.parse(
      execFileSync("python3", ["-c", script], { input: read("compose.yaml"), encoding: "utf8" }),
    );
    expect(Object.keys(parsed.services)).toEqual(["nats", "worker", "coordinator"]);
  });

  const systemd = existsSync("/usr/bin/systemd-analyze");
  test.skipIf(!systemd).each(["nats-server.service", "fedscore-worker.service"])(
    "%s is a unit that systemd takes",
    (name) => {
      const folder = mkdtempSync(join(tmpdir(), "fedscore-units-"));
      try {
        // The programs of the unit are not on this machine.
        writeFileSync(join(folder, name), read(name).replace(/^ExecStart=\S+/m, "ExecStart=/bin/true"));
        const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, name)], {
          encoding: "utf8",
        });
        const problems = stderr.split("\n").filter((line) => line.includes(name) && !/user .* (not|un)/i.test(line));
        expect({ status, problems }).toEqual({ status: 0, problems: [] });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
