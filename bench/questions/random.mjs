/** How fast are standard normals of a counter-based generator, beside the generators that other libraries have? */
import { Contest, fastest } from "../harness/compare.mjs";
import { fedscore, label, nodes, peers, pythonWithTorch, pytorch, variantName } from "../harness/roster.mjs";
import { against, skipped } from "../harness/row.mjs";

export const title = "Standard normals";

const libraries = ["onnxruntime-web", "numpy-ts", "tfjs-wasm", "jax-js"];
const count = 2 ** 20;
/** Mean and mean square of 2^20 normals have standard deviations of 0.001 and 0.0014. */
const tolerance = 0.01;
const milliseconds = (seconds) => 1000 * seconds;

const numpy = [
  ["normalsPhilox", "NumPy float32, Philox", "ratio >= 2"],
  ["normalsPcg64", "NumPy float32, PCG64", undefined],
  ["normalsSfc64", "NumPy float32, SFC64", undefined],
];

/** NumPy's generators are workloads of the PyTorch process; ours answers to each of their names. */
async function natives(node, pace) {
  if (!pythonWithTorch()) {
    const reason = "no Python with PyTorch and NumPy here";
    return {
      rows: [skipped("2^20, NumPy Philox", "ratio >= 2", reason), skipped("2^20, PyTorch", "ratio >= 0.8", reason)],
    };
  }
  const contest = new Contest([fedscore(node, "relaxed"), pytorch()[0]], pace);
  const rows = [];
  for (const [workload, name, target] of numpy) {
    const [ours, theirs] = await contest.run(workload, { count }, tolerance);
    const peer = { ...theirs, entry: { label: name } };
    rows.push(against(`2^20, ${label(node)}, ${name}`, "ms", milliseconds, ours, peer, target));
  }
  const [ours, torch] = await contest.run("normals", { count }, tolerance);
  rows.push(against(`2^20, ${label(node)}, PyTorch`, "ms", milliseconds, ours, torch, "ratio >= 0.8"));
  const versions = await contest.versions();
  contest.close();
  return { rows, versions };
}

async function libraryRow(node, variant, pace) {
  const contest = new Contest([fedscore(node, variant), ...peers(node, libraries)], pace);
  const results = await contest.run("normals", { count }, tolerance);
  contest.close();
  const name = `2^20, ${label(node)}, ${variantName(variant)}`;
  return against(name, "ms", milliseconds, results[0], fastest(results.slice(1)), "ratio >= 3");
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const rows = [await libraryRow(newest, "relaxed", pace)];
  if (current.major < 22) rows.push(await libraryRow(current, "simd", pace));
  const native = await natives(newest, pace);
  return { rows: [...rows, ...native.rows], versions: native.versions };
}
