/** The committed results. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The questions, in the order of docs/benchmarks.md. */
export const names = [
  "gemm",
  "gemm-sizes",
  "training-step",
  "pruned-step",
  "modulated-step",
  "private-step",
  "random",
  "kernels",
  "sampling",
  "solvers",
  "certificates",
  "federation",
  "remote",
  "tables",
  "cold-start",
  "browser",
];

export const fileOf = (name) => fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));

/** A result, undefined where the question was never measured in full. */
export function committed(name) {
  return existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), "utf8")) : undefined;
}

export const allCommitted = () => names.map(committed).filter(Boolean);
