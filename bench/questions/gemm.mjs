/** How near are the matrix products to the processor's limit, and how far ahead of the other libraries in JavaScript? */
import { Contest, fastest } from "../harness/compare.mjs";
import { fedscore, label, nodes, onnxruntimeNode, peak, peers, pytorch, variantName } from "../harness/roster.mjs";
import { against, row, shareOfPeak } from "../harness/row.mjs";

export const title = "Matrix products";

const sizesOf = ({ share }) => (share === 1 ? [64, 128, 256, 512, 1024] : [128, 512]);
const libraries = ["onnxruntime-web", "tfjs-wasm", "tfjs-wasm-tuned", "numpy-ts", "jax-js"];
const tolerance = 1e-4;

const square = (n) => ({ rows: n, depth: n, columns: n });
const rateOf =
  ({ rows, depth, columns }) =>
  (seconds) =>
    (2 * rows * depth * columns) / seconds / 1e9;

const idOf = ({ entry }) => entry.id;
const isLibrary = (result) => libraries.includes(idOf(result));

/** Square products of one build against all libraries of that Node. */
async function againstPeers(node, variant, target, pace, natives = []) {
  const limit = variant === "relaxed" && node.major >= 22 ? [peak(node)] : [];
  const contest = new Contest([fedscore(node, variant), ...limit, ...peers(node, libraries), ...natives], pace);
  const versions = await contest.versions();
  const rows = [];
  const series = [];
  for (const n of sizesOf(pace)) {
    const params = square(n);
    const results = await contest.run("gemm", params, tolerance);
    const rate = rateOf(params);
    const [ours] = results;
    const name = `${n} x ${n} x ${n}, ${label(node)}, ${variantName(variant)}`;
    const roof = results.find((result) => idOf(result) === "peak");
    const best = fastest(results.filter(isLibrary));
    rows.push(against(name, "GFLOP/s", rate, ours, best, n >= 128 ? target : undefined));
    if (roof) rows.push(shareOfPeak(name, rate, ours, roof, n >= 128 ? "ratio >= 0.95" : undefined));
    for (const native of results.filter((result) => natives.some(({ id }) => id === idOf(result)))) {
      rows.push(against(`${name}, ${idOf(native)}`, "GFLOP/s", rate, ours, native));
    }
    for (const result of results) {
      const own = idOf(result) === "peak" ? 1 / result.best / 1e9 : rate(result.best);
      series.push({ n, node: label(node), variant, who: result.entry.label, rate: own });
    }
  }
  contest.close();
  return { rows, series, versions };
}

const shapes = [
  ["A transposed", { ...square(256), transposeA: true }],
  ["B transposed", { ...square(256), transposeB: true }],
  ["250 x 250 x 250", square(250)],
  ["257 x 257 x 257", square(257)],
  ["batch 255, 131 -> 127", { rows: 255, depth: 131, columns: 127 }],
];

/** Orientations and odd sizes against the plain square product. */
async function ownShapes(node, variant, pace) {
  const rows = [];
  for (const [name, params] of shapes) {
    const [shaped, plain] = [
      { ...fedscore(node, variant), params },
      { ...fedscore(node, variant), id: "plain" },
    ];
    const contest = new Contest([plain, shaped], pace);
    const [reference, result] = await contest.run("gemm", square(256), Number.POSITIVE_INFINITY);
    contest.close();
    const [value, peerValue] = [rateOf(params)(result.best), rateOf(square(256))(reference.best)];
    rows.push(
      row({
        name: `${name}, ${label(node)}, ${variantName(variant)}`,
        value,
        unit: "GFLOP/s",
        peer: "fedscore 256 x 256 x 256",
        peerValue,
        ratio: value / peerValue,
        target: "ratio >= 0.9",
        spread: result.spread,
      }),
    );
  }
  return rows;
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const natives = pace.share === 1 ? [onnxruntimeNode(newest), ...pytorch()] : [];
  const parts = [await againstPeers(newest, "relaxed", "ratio >= 1.6", pace, natives)];
  parts.push(await againstPeers(newest, "simd", undefined, pace));
  if (current.major < 22) parts.push(await againstPeers(current, "simd", "ratio >= 1.15", pace));
  return {
    rows: [...parts.flatMap(({ rows }) => rows), ...(await ownShapes(newest, "relaxed", pace))],
    series: parts.flatMap(({ series }) => series),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}
