/** Does a pruned client save the time of what it prunes, and what do unstructured masks cost? */
import { Contest } from "../harness/compare.mjs";
import { flopsOf } from "../harness/flops.mjs";
import { fedscore, label, nodes } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Training steps of pruned networks";

const configs = [
  { dimension: 16, hidden: 256, layers: 3, batch: 256 },
  { dimension: 64, hidden: 512, layers: 3, batch: 128 },
];
const keepRatios = [1 / 2, 1 / 4, 1 / 8];
const milliseconds = (seconds) => 1000 * seconds;
const different = Number.POSITIVE_INFINITY;
const nameOf = ({ dimension, hidden, layers, batch }) => `d ${dimension}, h ${hidden}, L ${layers}, batch ${batch}`;

/** A structured mask is extracted: the client runs a network whose hidden layers keep this share of their width. */
async function extracted(node, params, pace) {
  const smaller = keepRatios.map((keepRatio) => ({
    ...fedscore(node, "relaxed"),
    id: `keep-${keepRatio}`,
    keepRatio,
    params: { ...params, hidden: params.hidden * keepRatio },
  }));
  const contest = new Contest([fedscore(node, "relaxed"), ...smaller], pace);
  const [full, ...pruned] = await contest.run("trainingStep", params, different);
  contest.close();
  const rows = [];
  const series = [{ config: nameOf(params), keepRatio: 1, speedup: 1, ideal: 1 }];
  for (const { entry, best, spread } of pruned) {
    const ideal = flopsOf(params) / flopsOf(entry.params);
    const speedup = full.best / best;
    series.push({ config: nameOf(params), keepRatio: entry.keepRatio, speedup, ideal });
    rows.push(
      row({
        name: `${nameOf(params)}, keeping 1/${1 / entry.keepRatio} of each layer`,
        value: milliseconds(best),
        unit: "ms",
        peer: "the full network's time by its share of the operations",
        peerValue: milliseconds(full.best / ideal),
        ratio: (best / full.best) * ideal,
        target: entry.keepRatio >= 1 / 4 ? "ratio <= 1.15" : undefined,
        spread,
      }),
    );
  }
  return { rows, series };
}

/** An unstructured mask of one third zeros: the same products, masked gradients. */
async function unstructured(node, params, pace) {
  const masked = { ...fedscore(node, "relaxed"), id: "masked", params: { ...params, keep: 3 } };
  const contest = new Contest([fedscore(node, "relaxed"), masked], pace);
  const [full, pruned] = await contest.run("trainingStep", params, different);
  contest.close();
  return row({
    name: `${nameOf(params)}, unstructured mask`,
    value: milliseconds(pruned.best),
    unit: "ms",
    peer: "the full network",
    peerValue: milliseconds(full.best),
    ratio: pruned.best / full.best,
    target: "ratio <= 1.05",
    spread: pruned.spread,
  });
}

export async function measure(pace) {
  const rows = [];
  const series = [];
  for (const params of configs) {
    const part = await extracted(nodes.newest, params, pace);
    rows.push(...part.rows, await unstructured(nodes.newest, params, pace));
    series.push(...part.series);
  }
  return { rows: rows.map((each) => ({ ...each, name: `${each.name}, ${label(nodes.newest)}` })), series };
}
