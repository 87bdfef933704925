/** Does a browser lose speed against Node on the same engine, and how far ahead of the other libraries is it there? The page of bench/page in Chromium. */
import { createEngine } from "../../dist/index.js";
import { ensureChromium } from "../../tools/chromium.mjs";
import { Contest, fastest } from "../harness/compare.mjs";
import { gemmFlops } from "../harness/flops.mjs";
import { openPage } from "../harness/page.mjs";
import { fedscore, label, nodes, peers, variantName } from "../harness/roster.mjs";
import { against, shareOfPeak, skipped } from "../harness/row.mjs";
import { samplingParams } from "../harness/sampling-run.mjs";

export const title = "In a browser";

const square = (n) => ({ rows: n, depth: n, columns: n });
const sampling = { dimension: 2, hidden: 128, layers: 3, count: 10_000, steps: 100 };

const networkName = ({ dimension, hidden, layers }) => `d ${dimension}, h ${hidden}, L ${layers}`;
const identity = (seconds) => seconds;
const milliseconds = (seconds) => 1000 * seconds;

const product = (params) => ({
  workload: "gemm",
  params,
  name: `${params.rows} x ${params.depth} x ${params.columns}`,
  unit: "GFLOP/s",
  value: (seconds) => gemmFlops(params) / seconds / 1e9,
});

const training = (params) => ({
  workload: "trainingStep",
  params,
  name: `${networkName(params)}, batch ${params.batch}`,
  unit: "ms",
  value: milliseconds,
});

const products = [product(square(256)), product(square(512))];
const trainings = [
  training({ dimension: 2, hidden: 128, layers: 3, batch: 256 }),
  training({ dimension: 16, hidden: 256, layers: 3, batch: 256 }),
];
const samplingName = `${networkName(sampling)}, sampling`;

const libraries = ["onnxruntime-web", "tfjs-wasm", "tfjs-wasm-tuned", "numpy-ts", "jax-js"];
/** The other two take twice as long as these. */
const librariesInSampling = ["onnxruntime-web", "tfjs-wasm-tuned", "numpy-ts"];

const target = "ratio >= 0.9";
const tolerance = { gemm: 1e-4, trainingStep: 1e-3, sampling: 1e-3 };
/** Other random numbers than ours: their moments agree as questions/sampling.mjs says. */
const peerSamplingTolerance = 0.2;

const inChromium = (name, variant) => `${name}, Chromium, ${variantName(variant)}`;
const besidePeer = (name) => `${name}: beside the fastest peer there`;

/** A contestant of the page, "peak", a build of fedscore or a peer, which stays open as long as the page. */
function onPage(page, name, who) {
  return {
    entry: { id: name, label: `${who} in Chromium` },
    ask: (request) => page.evaluate(([name, request]) => globalThis.bench.ask(name, request), [name, request]),
    close() {},
  };
}

const inNode = (variant) => ({ ...fedscore(nodes.newest, variant), label: `fedscore in ${label(nodes.newest)}` });

/** A build in the browser and the peak there, then the same build in Node. */
async function besideNode(page, variant, pace) {
  const build = onPage(page, variant, "fedscore");
  const contest = new Contest([build, inNode(variant)], pace);
  const withPeak = new Contest([build, onPage(page, "peak", "128-bit FMA peak")], pace);
  const rows = [];
  for (const { workload, params, unit, value, ...work } of [...products, ...trainings]) {
    const name = inChromium(work.name, variant);
    const [ours, node] = await contest.run(workload, params, tolerance[workload]);
    rows.push(against(name, unit, value, ours, node, target));
    if (variant !== "relaxed" || workload !== "gemm") continue;
    const [beside, roof] = await withPeak.run(workload, params, tolerance[workload]);
    rows.push(shareOfPeak(name, value, beside, roof));
  }
  const params = samplingParams(await createEngine({ variant: "simd" }), sampling);
  const [ours, node] = await contest.run("sampling", params, tolerance.sampling);
  rows.push(against(inChromium(samplingName, variant), "s", identity, ours, node));
  const versions = await contest.versions();
  contest.close();
  return { rows, versions };
}

/** A build and the other libraries, all in the browser. */
async function besidePeers(page, variant, pace) {
  const contestOf = (names) => {
    const others = peers(nodes.newest, names).map((entry) => onPage(page, entry.id, entry.label));
    return new Contest([onPage(page, variant, "fedscore"), ...others], pace);
  };
  const contest = contestOf(libraries);
  const rowOf = ([ours, ...others], { name, unit, value }) =>
    against(besidePeer(inChromium(name, variant)), unit, value, ours, fastest(others));
  const rows = [];
  // A short run takes the first of each.
  const works = pace.share === 1 ? [...products, ...trainings] : [products[0], trainings[0]];
  for (const work of works) {
    rows.push(rowOf(await contest.run(work.workload, work.params, tolerance[work.workload]), work));
  }
  const count = sampling.count * pace.share;
  const params = samplingParams(await createEngine({ variant: "simd" }), { ...sampling, count });
  const results = await contestOf(librariesInSampling).run("sampling", params, peerSamplingTolerance);
  rows.push(rowOf(results, { name: samplingName, unit: "s", value: identity }));
  return { rows, versions: await contest.versions() };
}

/** The strict build's products are the same to the last bit: a tolerance of 0. */
async function strictBuild(page, pace) {
  const contest = new Contest([onPage(page, "simd", "fedscore"), inNode("simd")], pace);
  const rows = [];
  for (const { workload, params, unit, value, name } of products) {
    const [ours, node] = await contest.run(workload, params, 0);
    rows.push(against(inChromium(name, "simd"), unit, value, ours, node, target, { note: "the same bits as in Node" }));
  }
  contest.close();
  return rows;
}

function withoutChromium() {
  return [...products, ...trainings].map(({ name }) => skipped(`${name}, Chromium`, target, "no Chromium found"));
}

export async function measure(pace) {
  const executablePath = ensureChromium();
  if (!executablePath) return { rows: withoutChromium() };
  const { page, version, close } = await openPage(executablePath, { driven: "" });
  try {
    const variant = await page.evaluate("bench.variant");
    const parts = [await besideNode(page, variant, pace), await besidePeers(page, variant, pace)];
    return {
      rows: [...parts.flatMap(({ rows }) => rows), ...(await strictBuild(page, pace))],
      versions: Object.assign({ chromium: version }, ...parts.map(({ versions }) => versions)),
    };
  } finally {
    await close();
  }
}
