/** How long from the start of a process to its first finished training step, and how much is loaded for it? */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fedscore, label, nodes, peers } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";
import { summary } from "../harness/statistics.mjs";

export const title = "Cold start";

const params = { dimension: 2, hidden: 64, layers: 3, batch: 128, steps: 1 };
const libraries = ["jax-js", "numpy-ts", "tfjs-wasm-tuned", "tfjs-wasm"];
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Seconds from start to end of a process that does one training step; of `node -e 0` where there is no entry. */
function secondsOf(node, entry) {
  const args = entry ? [...entry.args, "trainingStep", JSON.stringify(params)] : ["-e", "0"];
  const begin = performance.now();
  const { status, stderr } = spawnSync(node.path, args, { env: { ...process.env, ...entry?.env }, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${entry?.label ?? "node"} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`);
  return (performance.now() - begin) / 1000;
}

function onNode(node, variant, { share }) {
  const rounds = share === 1 ? 15 : 3;
  const runners = [undefined, fedscore(node, variant), ...peers(node, libraries)].map((entry) => ({
    entry,
    seconds: [],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { entry, seconds } of round % 2 === 0 ? runners : [...runners].reverse())
      seconds.push(secondsOf(node, entry));
  }
  const [bare, ours, ...others] = runners.map(({ entry, seconds }) => ({ entry, ...summary(seconds) }));
  const beyond = ({ best }) => 1000 * (best - bare.best);
  const fastest = others.reduce((least, each) => (each.best < least.best ? each : least));
  return row({
    name: `first training step, beyond bare node, ${label(node)}`,
    value: beyond(ours),
    unit: "ms",
    peer: fastest.entry.label,
    peerValue: beyond(fastest),
    ratio: beyond(fastest) / beyond(ours),
    spread: ours.spread,
  });
}

/** Two targets for one measurement. */
function judged(measured) {
  return [
    row({ ...measured, target: "value <= 60" }),
    row({ ...measured, name: `${measured.name}, beside the fastest peer`, target: "ratio >= 2" }),
  ];
}

function wasmSizes() {
  return ["simd", "relaxed"].map((variant) => {
    const bytes = readFileSync(join(root, "build", `${variant}.wasm`)).length;
    return row({ name: `wasm, ${variant}`, value: bytes / 1000, unit: "kB", target: "value <= 64" });
  });
}

/** Packages that importing the library loads beside its own files. */
function foreignPackages(node) {
  const script = `
    import { register } from "node:module";
    const hook = "export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }";
    register("data:text/javascript," + encodeURIComponent(hook));
    await import(process.argv[1]);`;
  const entry = new URL("../../dist/index.js", import.meta.url).href;
  const { stderr } = spawnSync(node.path, ["--input-type=module", "-e", script, entry], { encoding: "utf8" });
  if (!stderr.includes(entry)) throw new Error(`the loaded files were not seen: ${stderr}`);
  const found = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name);
  return row({
    name: "packages loaded by import beside its own files",
    value: new Set(found).size,
    unit: "packages",
    target: "value <= 0",
  });
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const rows = judged(onNode(newest, "relaxed", pace));
  if (current.major < 22) rows.push(...judged(onNode(current, "simd", pace)));
  return { rows: [...rows, ...wasmSizes(), foreignPackages(newest)] };
}
