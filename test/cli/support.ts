import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { runCli } from "../../src/cli/program.js";
import { requireBuild } from "../support/built.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist/cli/main.js");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the built command line, and what it will have been. */
export function startCli(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): { child: ChildProcess; outcome: Promise<Outcome> } {
  requireBuild();
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, outcome };
}

/** Runs the built command line to its end. */
export function spawnCli(args: readonly string[], cwd: string): Promise<Outcome> {
  return startCli(args, cwd).outcome;
}

/**
 * Runs a command line in this process, which costs a third of one of its own; its worker threads run the build. Where it needs a folder to
 * run in, or starts workers, that is named.
 */
export async function callCli(args: readonly string[], cwd?: string): Promise<Outcome> {
  if (cwd !== undefined) requireBuild();
  process.chdir(cwd ?? root);
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk, ...rest: unknown[]) => {
      written[name] += String(chunk);
      const done = rest.at(-1);
      if (typeof done === "function") done();
      return true;
    }),
  );
  try {
    return { code: await runCli(args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.chdir(root);
  }
}

/** A folder of its own, and what removes it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "fedscore-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Four points of the plane with a little spread, and their class: "x,y,class". */
export function pointsCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const corner = i % 4;
    const spread = (step: number) => (((i * step) % 101) / 101 - 0.5) * 0.4;
    return `${(corner & 1 ? 3 : -3) + spread(37)},${(corner & 2 ? 3 : -3) + spread(53)},${corner}`;
  });
  return `x,y,class\n${lines.join("\n")}\n`;
}

/** A config that runs in about a second; `change` replaces whole sections. */
export function smallConfig(change: object = {}): object {
  return {
    name: "small",
    seed: 3,
    data: { kind: "csv", path: "points.csv", labelColumn: "class", heldOut: 80 },
    transforms: [{ kind: "standardize" }],
    network: { hidden: [16, 16], noiseFeatures: 8 },
    training: { rounds: 6, localSteps: 3, batchSize: 32 },
    federation: { clients: 5, partition: { kind: "dirichlet" }, capacities: [1, 0.5], checkpointEvery: 2 },
    sampling: { grid: { kind: "uniform-log-snr", steps: 8 }, count: 64 },
    evaluation: { samples: 64 },
    certificate: { paths: 512, empiricalPaths: 256 },
    ...change,
  };
}

/** Writes points.csv and config.json into a folder. */
export function writeSmallRun(folder: string, change: object = {}): void {
  writeFileSync(join(folder, "points.csv"), pointsCsv(400));
  writeFileSync(join(folder, "config.json"), JSON.stringify(smallConfig(change)));
}
