import { spawnSync } from "node:child_process";
import { describe } from "vitest";

/** Debian's own Python first: its python3-torch is not seen by another one on PATH. */
const pythons = ["/usr/bin/python3", "python3"];

/** The Python that has PyTorch and NumPy; undefined where there is none. */
const python = pythons.find((command) => spawnSync(command, ["-c", "import numpy, torch"]).status === 0);

/** Runs a suite that needs PyTorch; `runPython` gives a program JSON and returns the JSON that it prints. */
export function describeTorch(name: string, suite: (runPython: typeof exchange) => void): void {
  if (python !== undefined) describe(name, () => suite(exchange));
  else describe.skip(`${name} (skipped, no python3 here has PyTorch and NumPy)`, () => suite(exchange));
}

function exchange(program: string, request: unknown): unknown {
  if (python === undefined) throw new Error("there is no PyTorch");
  const { status, stdout, stderr } = spawnSync(python, [program], {
    input: JSON.stringify(request),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return JSON.parse(stdout);
}
