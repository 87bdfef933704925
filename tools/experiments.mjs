/**
 * `node tools/experiments.mjs [NAME ...]`: runs the sweeps of experiments/ at their full size into runs/NAME, keeps the results as
 * docs/experiments/NAME.json and draws the plots. `--render` only draws again from the results that are there.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build.mjs";

const results = join(root, "docs/experiments");

/** The files that are drawn from a result: name below docs/experiments -> content. */
export function figuresOf(result, renderSweepSvg) {
  return Object.fromEntries(
    result.config.plots.map((_, index) => [figureName(result.name, index), renderSweepSvg(result, index)]),
  );
}

const order = [
  "dimension",
  "steps",
  "tightness",
  "pruning",
  "coverage",
  "distribution",
  "traffic",
  "devices",
  "apriori",
  "robustness",
  "quality",
];

const texts = {
  dimension:
    "Product targets of 2 to 64 equal coordinates, sampled with their exact denoiser, so that the certificate is initialization and discretization alone. Both are sums over coordinates: the slope on log-log axes is 1.",
  steps:
    "A Gaussian target with its exact denoiser, for which the true KL of each sampler's output is known in closed form. The certificate's discretization term falls like 1 / N, the true KL like 1 / N^2; the certified grid needs about half the steps of Benton's for the same term, and every certificate is loose by a factor that grows like N.",
  tightness:
    "A ring of eight Gaussians, and two Gaussians on the line whose true KL is known by quadrature, sampled with their exact denoisers on grids made for each sampler. With the bridge's own variance, or one that fits on average, the path KL falls like 1 / N; with the covariance that the data ask for it falls faster, like 1 / N^1.7 from 10 to 200 steps, on its way to 1 / N^2. The upper end of the interval lies below the path KL wherever steps are few, and ends at what 2,048 rows allow for mass that the law does not have, 0.002 nats; the true KL falls like 1 / N^2, and like 1 / N^3 and faster with the right covariance. The path KL of analytic on the line is noisy: few paths carry it.",
  pruning:
    "Eight clients that all keep the same share of the network, by five mask families, on a ring of eight Gaussians. Less arithmetic is paid for in the score term; prefix and magnitude masks of equal clients leave parameters that nobody ever trains.",
  coverage:
    "Eight clients with the mean keep ratio 3/4 and nested masks, of which 1 to 5 keep everything: that number is the least coverage Γ*, and more is not possible without keeping more. With fixed roles the tail of the network sees the data of Γ* clients only; with dynamic roles all clients take turns, and Γ* matters less.",
  distribution:
    "The same data over 4 or 16 clients, with 10 or 40 local steps at equal arithmetic for 16 clients, from nearly one class a client to nearly identical clients. A small Dirichlet concentration raises the certificate through its score term; the discretization does not depend on training.",
  traffic:
    "Eight clients, two keep ratios, unequal data, eight encodings of the clients' updates. float16, bfloat16 and int8 change neither loss nor certificate by as much as two seeds differ: a quarter of the bytes is free. A tenth of the parameters as int8 takes a twentieth of the bytes for about 0.04 nats, a fiftieth takes 1 % for about 0.13; without error feedback a tenth costs as much as a fiftieth with it.",
  devices:
    "Eight clients on the devices of docs/devices.md, three of them microcontrollers on NB-IoT lines, with unequal data and 160 rounds. A deadline of one second takes networks of less than a third for these three, 4.5 seconds four fifths, 6.5 the whole. Where everybody trains the whole network the certificate is 0.96 nats (± 0.17 over six seeds) after 988 virtual seconds; a deadline of 1 to 4.5 seconds has 1.14 to 1.17 (± 0.3), whether networks are pruned until they fit or whole networks come too late and are dropped. Which of the two is better these seeds do not tell: the microcontrollers' rows and the prefix that is all they train weigh about the same here. Pruned rounds end before the deadline, dropped ones with it.",
  apriori:
    "Plain SGD with the loss that the certificate weights, two keep ratios and 10 to 320 rounds: each term of the gradient bound as it is bounded, beside the same quantity as measured. The optimization term falls like 1 / Q and the pruning term stays, since every round prunes; the measured terms lie below, pruning by a factor of about 12, since bounds on the clients' changes add up where the changes themselves cancel. The bound on KL is 1.6 to 2.6 times the certificate.",
  robustness:
    "Two of eight clients attack, by four attacks, on a ring of eight Gaussians; all clients have the same law, keep everything and take part in each round. Without attackers all rules end at the same distance, 0.289 to 0.301. Clients that send minus 3.25 times their update, or noise of 40 times its size, destroy the mean: its samples leave the ring by orders of magnitude. Every robust rule stays within 1.19 times the clean mean there. Little is enough (1.5 deviations) is made against rules that look at each parameter by itself, and is worst for them: trimmed mean 1.45 times, median 1.39, multi-Krum 1.30, geometric median 1.21, norm clipping 1.18, Krum 1.02 (the attackers' common update is rarely its choice here). It costs the mean 1.22 times, less than most rules: it hides within the spread that the mean averages over. Rows that are moved by three standard deviations cost the mean 1.63 times and no robust rule more than 1.10; the loss of the last round is over all clients, attackers too. One seed, and 2,000 samples whose own distance to held-out rows would be 0.109.",
  quality: `Handwritten digits with their classes, guidance 1.3, eight clients that keep a quarter of the neurons on average (1/2, 1/4, 1/8, 1/8) or a half (1, 1/2, 1/4, 1/4), taking turns: rounds, steps, bytes and arithmetic are the same for all families. Dense is the whole network at every client, with 8.3 or 2.7 times the arithmetic of training: it is what pruning is measured by, no rival of equal capacity, and its two points are one run. Samples are judged by a classifier of the training rows; held-out rows have a Fréchet distance of 9.1.

With a half, prefix (30.6), magnitude (31.5) and rolling (32.2) are as good as dense (28.3) within the intervals of about 3.5 on either side, random and coverage are worse (46.3 and 44.9). With a quarter nobody is near: magnitude 76, prefix 93, rolling 189, random 569, coverage 599. Γ* is 1 or 2 for all of them and does not tell them apart.

By the certificate, the variational bound, Inception Score and conditional accuracy the order at a quarter is another one: random and coverage are the best of the pruned ones (233 nats and 93 to 94 % of the digits of the class that was asked for; prefix has 279 nats and 68 %), since they leave no parameter untrained, where prefix never trains 494,336 of 726,592. What Fréchet distance and precision see is contrast. A whole network sums over all neurons what was trained in submodels with a few of them, and its output is too large: the pixels of a run with random masks, ended after 60 rounds, have the standard deviation 0.37 against 0.29 of a dense run's. Its output layer times 0.7 takes the Fréchet distance of 500 samples from 313 to 72, times 0.55 to 66. In nats that error is small, and at guidance 1, of which the certificate speaks, smaller than in the guided samples (150 in place of 313).

What this does not say: it is one seed, one network and 100 rounds; the certificate is against the empirical law of the training rows; and no family here rescales what a submodel sums, as HeteroFL's Scaler (arXiv 2010.01264) and dropout do.`,
};

/** Columns of a table of all points, of sweeps that are small enough to be read: measures by name, digits behind the point. */
const tables = {
  robustness: [
    { measure: "w2", heading: "sliced W2", digits: 3 },
    { measure: "loss", heading: "loss of the last round", digits: 3 },
  ],
  quality: [
    { measure: "frechet", heading: "Fréchet", digits: 1 },
    { measure: "inception", heading: "Inception", digits: 2 },
    { measure: "precision", heading: "precision", digits: 3 },
    { measure: "recall", heading: "recall", digits: 3 },
    { measure: "density", heading: "density", digits: 3 },
    { measure: "seen", heading: "coverage", digits: 3 },
    { measure: "classes", heading: "wrong class", digits: 3 },
    { measure: "accuracy", heading: "conditional accuracy", digits: 3 },
    { measure: "certificate", heading: "certificate, nats", digits: 1 },
    { measure: "bits", heading: "bits per dimension", digits: 2 },
    { measure: "gamma", heading: "Γ*", digits: 0 },
    { measure: "neverCovered", heading: "never covered", digits: 0 },
    { measure: "noise", heading: "pruning noise", digits: 3 },
    { measure: "bytes", heading: "MB up", digits: 0, unit: 1e6 },
  ],
};

const signed = (value) => value.toFixed(3).replace("-", "−");

/** docs/experiments.md from the results by name. */
export function experimentsPage(results) {
  const known = order.filter((name) => results[name]);
  return `${[intro, ...known.map((name) => experimentSection(results[name]))].join("\n")}`;
}

const intro = `# Experiments

Ten sweeps ship in [experiments/](../experiments); each runs with \`fedscore sweep experiments/NAME.json\`, or in seconds with \`--quick\`.
The results below are committed as JSON with the hardware and commit they ran on. \`node tools/experiments.mjs [NAME ...]\` runs them
again, \`node tools/experiments.mjs --render\` only draws again. Bars are 95 % Student intervals of the mean over seeds, cut where a logarithmic axis ends; slopes are
least squares on log-log axes with their 95 % interval.

<!-- Generated by tools/experiments.mjs. Do not edit. -->
`;

function experimentSection(result) {
  const { name, title, environment, commit, date, rows, seconds, config } = result;
  const figures = config.plots.map((plot, index) => `![${plot.title}](experiments/${figureName(name, index)})`);
  const slopes = result.fits.map(({ x, y, at, slope, low, high, expected }) => {
    const of = Object.values(at).join(", ") || "all";
    const interval = low === null ? "" : `[${signed(low)}, ${signed(high)}]`;
    return `| ${y} over ${x} | ${of} | ${signed(slope)} | ${interval} | ${expected ?? ""} |`;
  });
  const table =
    slopes.length > 0 ? ["| fit | of | slope | interval | theory |", "|---|---|---|---|---|", ...slopes, ""] : [];
  const ran = `${rows.length} points, ${Math.round(seconds)} s of computing; ${environment.cpu}, ${environment.workers} workers, Node ${environment.node}, ${environment.variant} kernels, commit ${commit?.slice(0, 12) ?? "unknown"}, ${date.slice(0, 10)}. Numbers: [${name}.json](experiments/${name}.json).`;
  const pictures = figures.flatMap((figure) => [figure, ""]);
  return [`## ${title}`, "", texts[name], "", ...pictures, ...table, ...pointTable(result), ran, ""].join("\n");
}

/** A row for each point of one seed, if the sweep has columns for them. */
function pointTable({ name, config, rows }) {
  const columns = tables[name];
  if (!columns) return [];
  const axes = config.axes.map((axis) => axis.name);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const cell = (value, { digits, unit = 1 }) =>
    typeof value === "number" ? (value / unit).toFixed(digits).replace("-", "−") : "–";
  return [
    line([...config.axes.map(({ label }) => label), ...columns.map(({ heading }) => heading)]),
    `|${"---|".repeat(axes.length + columns.length)}`,
    ...rows.map(({ at, measures }) =>
      line([...axes.map((axis) => at[axis]), ...columns.map((column) => cell(measures[column.measure], column))]),
    ),
    "",
  ];
}

const figureName = (name, index) => (index === 0 ? `${name}.svg` : `${name}-${index + 1}.svg`);

/** The committed results by name. */
export function committedResults() {
  const files = readdirSync(results).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.json$/, ""), JSON.parse(readFileSync(join(results, file), "utf8"))]),
  );
}

function run(name) {
  const out = join(root, "runs", name);
  const cli = join(root, "dist/cli/main.js");
  const { status } = spawnSync(
    process.execPath,
    [cli, "sweep", join(root, "experiments", `${name}.json`), "--out", out],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), readFileSync(join(out, "result.json")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { renderSweepSvg } = await import("../build/js/report/sweep/index.js");
  const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const all = readdirSync(join(root, "experiments")).map((file) => file.replace(/\.json$/, ""));
  for (const name of given.length > 0 ? given : all) {
    if (!process.argv.includes("--render")) run(name);
    const result = JSON.parse(readFileSync(join(results, `${name}.json`), "utf8"));
    for (const [file, content] of Object.entries(figuresOf(result, renderSweepSvg))) {
      writeFileSync(join(results, file), content);
    }
  }
  writeFileSync(join(root, "docs/experiments.md"), experimentsPage(committedResults()));
}
