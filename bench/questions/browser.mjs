/** Does a browser lose speed against Node on the same engine? The page of bench/page in Chromium, by turns with the newest Node. */
import { createEngine } from "../../dist/index.js";
import { ensureChromium } from "../../tools/chromium.mjs";
import { Contest } from "../harness/compare.mjs";
import { gemmFlops } from "../harness/flops.mjs";
import { openPage } from "../harness/page.mjs";
import { fedscore, label, nodes, variantName } from "../harness/roster.mjs";
import { against, shareOfPeak, skipped } from "../harness/row.mjs";
import { samplingParams } from "../harness/sampling-run.mjs";

export const title = "In a browser";

const square = (n) => ({ rows: n, depth: n, columns: n });
const products = [square(256), square(512)];
const trainings = [
  { dimension: 2, hidden: 128, layers: 3, batch: 256 },
  { dimension: 16, hidden: 256, layers: 3, batch: 256 },
];
const sampling = { dimension: 2, hidden: 128, layers: 3, count: 10_000, steps: 100 };

const target = "ratio >= 0.9";
const tolerance = { gemm: 1e-4, trainingStep: 1e-3, sampling: 1e-3 };
const rateOf = (params) => (seconds) => gemmFlops(params) / seconds / 1e9;
const milliseconds = (seconds) => 1000 * seconds;
const identity = (seconds) => seconds;

const productName = ({ rows, depth, columns }) => `${rows} x ${depth} x ${columns}`;
const networkName = ({ dimension, hidden, layers }) => `d ${dimension}, h ${hidden}, L ${layers}`;
const trainingName = ({ batch, ...params }) => `${networkName(params)}, batch ${batch}`;

/** A contestant of the page, "peak" or a build of fedscore, which stays open as long as the page. */
function onPage(page, name, who) {
  return {
    entry: { id: name, label: who },
    ask: (request) => page.evaluate(([name, request]) => globalThis.bench.ask(name, request), [name, request]),
    close() {},
  };
}

const inNode = (variant) => ({ ...fedscore(nodes.newest, variant), label: `fedscore in ${label(nodes.newest)}` });

/** The fastest build of the browser and the peak there, then the same build in Node. */
async function fastestBuild(page, pace) {
  const variant = await page.evaluate("bench.variant");
  const build = onPage(page, variant, "fedscore in Chromium");
  const peak = onPage(page, "peak", "128-bit FMA peak in Chromium");
  const contest = new Contest([build, inNode(variant)], pace);
  const withPeak = new Contest([build, peak], pace);
  const nameOf = (name) => `${name}, Chromium, ${variantName(variant)}`;
  const rows = [];
  for (const params of products) {
    const name = nameOf(productName(params));
    const [ours, node] = await contest.run("gemm", params, tolerance.gemm);
    rows.push(against(name, "GFLOP/s", rateOf(params), ours, node, target));
    if (variant !== "relaxed") continue;
    const [beside, roof] = await withPeak.run("gemm", params, tolerance.gemm);
    rows.push(shareOfPeak(name, rateOf(params), beside, roof));
  }
  for (const params of trainings) {
    const [ours, node] = await contest.run("trainingStep", params, tolerance.trainingStep);
    rows.push(against(nameOf(trainingName(params)), "ms", milliseconds, ours, node, target));
  }
  const params = samplingParams(await createEngine({ variant: "simd" }), sampling);
  const [ours, node] = await contest.run("sampling", params, tolerance.sampling);
  rows.push(against(nameOf(`${networkName(sampling)}, sampling`), "s", identity, ours, node));
  const versions = await contest.versions();
  contest.close();
  return { rows, versions };
}

/** The strict build's products are the same to the last bit: a tolerance of 0. */
async function strictBuild(page, pace) {
  const contest = new Contest([onPage(page, "simd", "fedscore in Chromium"), inNode("simd")], pace);
  const rows = [];
  for (const params of products) {
    const [ours, node] = await contest.run("gemm", params, 0);
    const name = `${productName(params)}, Chromium, ${variantName("simd")}`;
    rows.push(against(name, "GFLOP/s", rateOf(params), ours, node, target, { note: "the same bits as in Node" }));
  }
  contest.close();
  return rows;
}

function withoutChromium() {
  const names = [...products.map(productName), ...trainings.map(trainingName)];
  return names.map((name) => skipped(`${name}, Chromium`, target, "no Chromium found"));
}

export async function measure(pace) {
  const executablePath = ensureChromium();
  if (!executablePath) return { rows: withoutChromium() };
  const { page, version, close } = await openPage(executablePath, { driven: "" });
  try {
    const { rows, versions } = await fastestBuild(page, pace);
    return { rows: [...rows, ...(await strictBuild(page, pace))], versions: { ...versions, chromium: version } };
  } finally {
    await close();
  }
}
