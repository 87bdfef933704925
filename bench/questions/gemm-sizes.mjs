/** Are there slow sizes or slow modes? Sizes from 1 to 1100, strides of whole pages, denormal numbers, first calls. */
import { Contest } from "../harness/compare.mjs";
import { Contestant } from "../harness/contestant.mjs";
import { fedscore, label, nodes } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";
import { median } from "../harness/statistics.mjs";

export const title = "Sizes and modes without cliffs";

const different = Number.POSITIVE_INFINITY;

/** All small sizes, then steps that meet every remainder of 4, 6 and 8, and both sides of powers of two. */
function sizesOf({ share }) {
  const step = share === 1 ? 7 : 53;
  const small = Array.from({ length: 64 }, (_, i) => i + 1).filter((n) => share === 1 || n % 8 === 0);
  const large = Array.from({ length: Math.floor((1100 - 65) / step) + 1 }, (_, i) => 65 + i * step);
  const edges = [127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025];
  return [...new Set([...small, ...large, ...edges])].sort((a, b) => a - b);
}

async function scan(node, pace) {
  const contest = new Contest([fedscore(node, "relaxed")], {
    ...pace,
    warm: 0.02,
    slice: 0.01,
    rounds: 6,
    patience: 0.2,
  });
  const rateAt = async (n) => {
    const [{ best }] = await contest.run("gemm", { rows: n, depth: n, columns: n }, different);
    return (2 * n ** 3) / best / 1e9;
  };
  const series = [];
  for (const n of sizesOf(pace)) series.push({ n, rate: await rateAt(n) });
  // A size that looks slow is measured once more: a cliff stays, a disturbance does not.
  for (const point of series) {
    if (point.n > 64 && besideNeighbours(series, point) < 0.9) point.rate = Math.max(point.rate, await rateAt(point.n));
  }
  contest.close();
  return series;
}

/** A size's rate beside the median of the three sizes before and the three behind it. */
function besideNeighbours(series, point) {
  const at = series.indexOf(point);
  const neighbours = [...series.slice(Math.max(0, at - 3), at), ...series.slice(at + 1, at + 4)];
  return point.rate / median(neighbours.map(({ rate }) => rate));
}

const square = (n) => ({ rows: n, depth: n, columns: n });
const step = { dimension: 16, hidden: 256, layers: 3, batch: 256 };

const modes = [
  ["512 x 512 x 512, rows one page apart", "gemm", square(512), { padding: 512 }, { padding: 16 }],
  [
    "256 x 256 x 256, rows two pages apart, A transposed",
    "gemm",
    { ...square(256), transposeA: true },
    { padding: 1792 },
    { padding: 16 },
  ],
  ["512 x 512 x 512, A's numbers denormal", "gemm", square(512), { scale: 2e-39 }, {}],
  ["Adam, state decayed to denormal", "adam", { count: 2 ** 18 }, { idleSteps: 2000 }, { idleSteps: 0 }],
  ["training step, saturated activations", "trainingStep", step, { weightScale: 64 }, {}],
  ["training step, saturated activations, strict", "trainingStep", step, { weightScale: 64 }, {}, "simd"],
];

async function slowModes(node, pace) {
  const rows = [];
  for (const [name, workload, params, special, plain, variant = "relaxed"] of modes) {
    const entries = [plain, special].map((own, index) => ({
      ...fedscore(node, variant),
      id: String(index),
      params: { ...params, ...own },
    }));
    const contest = new Contest(entries, pace);
    const [usual, unusual] = await contest.run(workload, params, different);
    contest.close();
    rows.push(
      row({
        name: `${name}, ${label(node)}`,
        value: 1000 * unusual.best,
        unit: "ms",
        peer: "the same without",
        peerValue: 1000 * usual.best,
        ratio: usual.best / unusual.best,
        target: "ratio >= 0.7",
        spread: unusual.spread,
      }),
    );
  }
  return rows;
}

/** The first runs of a process, in which V8 still replaces its quickly made code, beside later ones. */
async function firstCalls(node, { share }) {
  const [first, runs] = [10, 60];
  const processes = share === 1 ? 5 : 2;
  const rows = [];
  for (const [name, workload, params] of [
    ["products of 256 x 256 x 256", "gemm", square(256)],
    ["training steps", "trainingStep", { ...step, steps: 1 }],
  ]) {
    const measured = [];
    for (let each = 0; each < processes; each++) {
      const contestant = new Contestant(fedscore(node, "relaxed"));
      const { seconds } = await contestant.ask({ op: "first", workload, params, runs });
      contestant.close();
      measured.push({ early: sum(seconds.slice(0, first)), late: first * median(seconds.slice(runs / 2)) });
    }
    const early = Math.min(...measured.map((each) => each.early));
    const late = Math.min(...measured.map((each) => each.late));
    rows.push(
      row({
        name: `the first ${first} ${name} of a process, ${label(node)}`,
        value: 1000 * early,
        unit: "ms",
        peer: "as many later ones",
        peerValue: 1000 * late,
        ratio: late / early,
      }),
    );
  }
  return rows;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export async function measure(pace) {
  const node = nodes.newest;
  const series = await scan(node, pace);
  const worst = series
    .filter(({ n }) => n > 64)
    .reduce((least, point) => (besideNeighbours(series, point) < besideNeighbours(series, least) ? point : least));
  const slowest = row({
    name: `slowest size beside its neighbours, 65 to 1100: n = ${worst.n}, ${label(node)}`,
    value: worst.rate,
    unit: "GFLOP/s",
    ratio: besideNeighbours(series, worst),
    target: "ratio >= 0.7",
  });
  return { rows: [slowest, ...(await slowModes(node, pace)), ...(await firstCalls(node, pace))], series };
}
