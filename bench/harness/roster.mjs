/** Who takes part, on which runtime. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bench = fileURLToPath(new URL("..", import.meta.url));
const serve = join(bench, "harness/serve.mjs");

function nodeAt(path) {
  const run = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (run.status !== 0) return undefined;
  const version = run.stdout.trim().slice(1);
  return { path, version, major: Number(version.split(".")[0]) };
}

/** The Node that runs this, and the newest one, which comes from the npm package of that name. */
export const nodes = {
  current: nodeAt(process.execPath),
  newest: nodeAt(join(bench, "node_modules/node/bin/node")) ?? nodeAt(process.execPath),
};

export const label = (node) => `Node ${node.major}`;

/** The builds as rows call them. */
export const variantName = (variant) => (variant === "simd" ? "strict" : variant);

/** fedscore on a Node: `variant` "simd" or "relaxed". */
export function fedscore(node, variant, module = "fedscore") {
  return {
    id: `${module}-${variant}-${node.major}`,
    label: `fedscore ${variantName(variant)}`,
    command: node.path,
    args: [serve, module],
    env: { FEDSCORE_VARIANT: variant },
  };
}

const javascript = {
  "onnxruntime-web": "onnxruntime-web",
  "tfjs-wasm": "tfjs-wasm",
  "tfjs-wasm-tuned": "tfjs-wasm, tuned by hand",
  "tfjs-cpu": "tfjs-cpu",
  "numpy-ts": "numpy-ts, tuned by hand",
  "jax-js": "jax-js",
};

/** JavaScript and WebAssembly libraries by name. */
export function peers(node, names) {
  return names.map((name) => ({ id: name, label: javascript[name], command: node.path, args: [serve, name], env: {} }));
}

/** The processor's limit for 128-bit multiply-adds. */
export function peak(node) {
  return { id: "peak", label: "128-bit FMA peak", command: node.path, args: [serve, "peak"], env: {} };
}

export function onnxruntimeNode(node) {
  const args = [serve, "onnxruntime-node"];
  return { id: "onnxruntime-node", label: "onnxruntime-node (native)", command: node.path, args, env: {} };
}

/** @param env the Redis of its queue. */
export function bullmq(node, env) {
  return { id: "bullmq", label: "BullMQ", command: node.path, args: [serve, "bullmq"], env };
}

const pythons = ["/usr/bin/python3", "python3"];

/** A Python that has PyTorch, or undefined. */
export function pythonWithTorch() {
  return pythons.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}

function cpuHas(flag) {
  return existsSync("/proc/cpuinfo") && new RegExp(`\\b${flag}\\b`).test(readFileSync("/proc/cpuinfo", "utf8"));
}

/** PyTorch with the kernels that its OpenBLAS picks by itself, and with those of narrower and wider vectors; [] where there is none. */
export function pytorch() {
  const python = pythonWithTorch();
  if (!python) return [];
  const entry = (id, name, core) => ({
    id,
    label: `PyTorch, ${name}`,
    command: python,
    args: [join(bench, "contestants/pytorch.py")],
    env: { OPENBLAS_CORETYPE: core, OPENBLAS_L2_SIZE: undefined },
  });
  return [
    entry("pytorch", "its own choice", undefined),
    entry("pytorch-sse3", "SSE3 kernels", "Prescott"),
    ...(cpuHas("avx2") ? [entry("pytorch-avx2", "AVX2 kernels", "Haswell")] : []),
    ...(cpuHas("avx512f") ? [entry("pytorch-avx512", "AVX-512 kernels", "SkylakeX")] : []),
  ];
}
