/** What do modulations by the noise level cost in a training step, beside the plain network of the same widths and noise features? */
import { Contest } from "../harness/compare.mjs";
import { fedscore, nodes } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Training steps of modulated networks";

const configs = [
  { dimension: 16, hidden: 256, layers: 3, batch: 256 },
  { dimension: 64, hidden: 512, layers: 3, batch: 128 },
];
const noiseFeatures = [8, 16, 32];
const milliseconds = (seconds) => 1000 * seconds;
const different = Number.POSITIVE_INFINITY;
const nameOf = ({ dimension, hidden, layers, batch }) => `d ${dimension}, h ${hidden}, L ${layers}, batch ${batch}`;

const networks = [
  { suffix: "", settings: { conditioning: "film" } },
  { suffix: " and normalization", settings: { conditioning: "film", normalization: "rms" } },
];

/** @param features of the noise level, for the plain network as well. */
async function besidePlain(node, params, features, pace) {
  const entry = (id, settings) => ({
    ...fedscore(node, "relaxed"),
    id,
    params: { ...params, network: { noiseFeatures: features, ...settings } },
  });
  const modulated = networks.map(({ suffix, settings }) => entry(`film${suffix}`, settings));
  const contest = new Contest([entry("plain", {}), ...modulated], pace);
  const [plain, ...others] = await contest.run("trainingStep", params, different);
  contest.close();
  return others.map(({ best, median, spread }, index) =>
    row({
      name: `${nameOf(params)}, ${features} noise features: FiLM${networks[index].suffix}`,
      value: milliseconds(best),
      unit: "ms",
      peer: "the plain network",
      peerValue: milliseconds(plain.best),
      ratio: best / plain.best,
      target: params.hidden === 256 ? "ratio <= 1.1" : undefined,
      median: milliseconds(median),
      peerMedian: milliseconds(plain.median),
      spread,
    }),
  );
}

export async function measure(pace) {
  const rows = [];
  for (const params of pace.share === 1 ? configs : configs.slice(0, 1)) {
    for (const features of noiseFeatures) rows.push(...(await besidePlain(nodes.newest, params, features, pace)));
  }
  return { rows };
}
