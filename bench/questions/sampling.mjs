/** How long does the reverse SDE take, how much of it is the network, and do two workers halve it? */
import { createEngine } from "../../dist/index.js";
import { Contest, fastest } from "../harness/compare.mjs";
import { fedscore, label, nodes, peers, pytorch, variantName } from "../harness/roster.mjs";
import { against, judgedAsKernels, row } from "../harness/row.mjs";
import { samplingParams } from "../harness/sampling-run.mjs";

export const title = "Sampling: 10,000 points, 100 Euler-Maruyama steps with fresh noise";

const all = [
  { dimension: 2, hidden: 128, layers: 3, count: 10_000, steps: 100 },
  { dimension: 16, hidden: 256, layers: 3, count: 10_000, steps: 100 },
];

/** A short run takes the small network and fewer points. */
const configsOf = ({ share }) => (share === 1 ? all : [{ ...all[0], count: 10_000 * share }]);

/** The same for workers, which need several blocks of 512 points each. */
const splitConfigsOf = ({ share }) => (share === 1 ? all : [{ ...all[0], count: 4096 }]);

const libraries = ["onnxruntime-web", "numpy-ts", "tfjs-wasm-tuned", "jax-js"];
/** The other two take two to three times as long as these on Node 20, which is minutes a run. */
const librariesOnOldNode = ["onnxruntime-web", "tfjs-wasm-tuned"];
/** Moments of a thousand samples of different random numbers agree to a few percent of the largest number. */
const tolerance = 0.2;
const identity = (seconds) => seconds;

const nameOf = ({ dimension, hidden, layers }) => `d ${dimension}, h ${hidden}, L ${layers}`;

function pytorchRows(name, dimension, ours, results) {
  const targets = { "pytorch-sse3": "ratio >= 1", ...(dimension === 2 && { "pytorch-avx2": "ratio >= 0.9" }) };
  return judgedAsKernels(name, "s", identity, ours, results, targets);
}

async function onNode(node, variant, pace, target, names, natives) {
  const engine = await createEngine({ variant: "simd" });
  const contest = new Contest([fedscore(node, variant), ...peers(node, names), ...natives], pace);
  const rows = [];
  for (const config of configsOf(pace)) {
    const name = `${nameOf(config)}, ${label(node)}, ${variantName(variant)}`;
    const results = await contest.run("sampling", samplingParams(engine, config), tolerance);
    const [ours] = results;
    rows.push(
      against(name, "s", identity, ours, fastest(results.filter(({ entry }) => libraries.includes(entry.id))), target),
    );
    if (natives.length > 0) rows.push(...pytorchRows(name, config.dimension, ours, results));
  }
  const versions = await contest.versions();
  contest.close();
  return { rows, versions };
}

/** What is left of sampling when the network's evaluations are taken out: noise, schedule, update. */
async function besideTheNetwork(node, pace) {
  const engine = await createEngine({ variant: "simd" });
  const network = { ...fedscore(node, "relaxed"), workload: "networkOfSampling" };
  const contest = new Contest([fedscore(node, "relaxed"), network], pace);
  const rows = [];
  for (const config of configsOf(pace)) {
    const [whole, part] = await contest.run("sampling", samplingParams(engine, config), tolerance);
    rows.push(
      row({
        name: `${nameOf(config)}: share of noise, schedule and update`,
        value: Math.max(0, 1 - part.ratio),
        unit: "of the time",
        target: "value <= 0.15",
        spread: whole.spread,
      }),
    );
  }
  contest.close();
  return rows;
}

async function byWorkers(node, pace) {
  const engine = await createEngine({ variant: "simd" });
  const entry = (workers) => {
    const { env, ...rest } = fedscore(node, "relaxed", "fedscore-pool");
    return {
      ...rest,
      id: `pool-${workers}`,
      label: `${workers} worker${workers === 1 ? "" : "s"}`,
      env: { ...env, FEDSCORE_WORKERS: String(workers) },
    };
  };
  const contest = new Contest([entry(2), entry(1)], pace);
  const rows = [];
  for (const config of splitConfigsOf(pace)) {
    // The check is the samples themselves: the same numbers however they are split.
    const [two, one] = await contest.run("samplingInPool", samplingParams(engine, config), 0);
    rows.push(against(`${nameOf(config)}: two workers beside one`, "s", identity, two, one, "ratio >= 1.9"));
  }
  contest.close();
  return rows;
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const parts = [await onNode(newest, "relaxed", pace, "ratio >= 2", libraries, pytorch())];
  if (current.major < 22) parts.push(await onNode(current, "simd", pace, "ratio >= 1.4", librariesOnOldNode, []));
  return {
    rows: [
      ...parts.flatMap(({ rows }) => rows),
      ...(await besideTheNetwork(newest, pace)),
      ...(await byWorkers(newest, pace)),
    ],
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}
