/** What does a whole training step cost (fresh noise and times, forward, backward, Adam), beside the other libraries and the products in it? */
import { Contest, fastest } from "../harness/compare.mjs";
import { flopsOf } from "../harness/flops.mjs";
import { fedscore, label, nodes, peers, pytorch, variantName } from "../harness/roster.mjs";
import { against, judgedAsKernels, row } from "../harness/row.mjs";

export const title = "Training step";

const all = [
  { dimension: 2, hidden: 128, layers: 3, batch: 256 },
  { dimension: 16, hidden: 256, layers: 3, batch: 256 },
  { dimension: 64, hidden: 256, layers: 4, batch: 128 },
  { dimension: 784, hidden: 512, layers: 3, batch: 128 },
  { dimension: 2, hidden: 64, layers: 3, batch: 128 },
];

/** A short run takes the first and the smallest. */
const configsOf = ({ share }) => (share === 1 ? all : [all[0], all[4]]);

const libraries = ["jax-js", "numpy-ts", "tfjs-wasm-tuned", "tfjs-wasm"];
const tolerance = 1e-3;
const milliseconds = (seconds) => 1000 * seconds;

const nameOf = ({ dimension, hidden, layers, batch }) => `d ${dimension}, h ${hidden}, L ${layers}, batch ${batch}`;
const inContest = (results, ids) => results.filter(({ entry }) => ids.includes(entry.id));

const pytorchTargets = {
  "pytorch-sse3": "ratio >= 1",
  "pytorch-avx2": "ratio >= 0.8",
  "pytorch-avx512": "ratio >= 0.5",
};

/** The plain product that a step's rate is measured by, in the same turns. */
const product = (node, variant) => ({
  ...fedscore(node, variant),
  id: "product",
  label: "fedscore 256 x 256 x 256",
  workload: "gemm",
  params: { rows: 256, depth: 256, columns: 256 },
  unchecked: true,
});

/** The step's rate in operations that count beside the rate of the plain product. */
function besideTheProduct(name, params, ours, gemm) {
  const [value, peerValue] = [flopsOf(params) / ours.best / 1e9, (2 * 256 ** 3) / gemm.best / 1e9];
  return row({
    name: `${name}: rate beside the product's`,
    value,
    unit: "GFLOP/s",
    peer: gemm.entry.label,
    peerValue,
    ratio: value / peerValue,
    target: params.hidden >= 128 ? "ratio >= 0.85" : undefined,
    spread: ours.spread,
  });
}

async function onNode(node, variant, pace, { natives = [], targetOf, withGemm }) {
  const measures = withGemm ? [product(node, variant)] : [];
  const contest = new Contest([fedscore(node, variant), ...measures, ...peers(node, libraries), ...natives], pace);
  const versions = await contest.versions();
  const rows = [];
  const series = [];
  for (const params of configsOf(pace)) {
    const name = `${nameOf(params)}, ${label(node)}, ${variantName(variant)}`;
    const all = await contest.run("trainingStep", params, tolerance);
    const [gemm] = inContest(all, ["product"]);
    const results = all.filter((result) => result !== gemm);
    const [ours] = results;
    rows.push(against(name, "ms", milliseconds, ours, fastest(inContest(results, libraries)), targetOf(params)));
    if (natives.length > 0) rows.push(...judgedAsKernels(name, "ms", milliseconds, ours, results, pytorchTargets));
    if (gemm) rows.push(besideTheProduct(name, params, ours, gemm));
    for (const { entry, best } of results) {
      series.push({ config: nameOf(params), node: label(node), who: entry.label, milliseconds: milliseconds(best) });
    }
  }
  contest.close();
  return { rows, series, versions };
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const parts = [
    await onNode(newest, "relaxed", pace, {
      natives: pytorch(),
      targetOf: ({ hidden }) => (hidden <= 128 ? "ratio >= 3" : "ratio >= 2"),
      withGemm: true,
    }),
  ];
  if (current.major < 22) {
    parts.push(await onNode(current, "simd", pace, { targetOf: () => "ratio >= 1.6", withGemm: false }));
  }
  return {
    rows: parts.flatMap(({ rows }) => rows),
    series: parts.flatMap(({ series }) => series),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}
