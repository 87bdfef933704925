/**
 * The benches on a page. Each contestant runs in a Web Worker, so that the page stays responsive; the workloads, the clock and the
 * turns are those of Node. URL parameters:
 *   variant=relaxed|simd           the build; relaxed where the browser has it
 *   pace=quick|thorough            and any of warm, slice, rounds, leastRounds, patience of harness/contest.mjs by its name
 *   points=10000                   how many points the sampling draws
 *   driven                         measures nothing by itself
 * Scripts find `globalThis.bench`: { variant, ask(contestant, request), state, rows }.
 */
import { wrap } from "comlink";
import { createEngine, supportsRelaxedSimd } from "../../dist/index.js";
import { Contest, quick, thorough } from "../harness/contest.mjs";
import { flopsOf, gemmFlops, samplingFlops } from "../harness/flops.mjs";
import { samplingParams } from "../harness/sampling-run.mjs";

const parameters = new URLSearchParams(location.search);
const relaxed = supportsRelaxedSimd();
const variant = relaxed ? (parameters.get("variant") ?? "relaxed") : "simd";
const paceName = parameters.get("pace") ?? "quick";
const pace = Object.fromEntries(
  Object.entries(paceName === "thorough" ? thorough : quick).map(([name, value]) => [
    name,
    Number(parameters.get(name) ?? value),
  ]),
);

const element = (selector) => document.querySelector(selector);

/** A contestant in a Web Worker, with the face of harness/contestant.mjs. */
function contestantInWorker(name) {
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  const remote = wrap(worker);
  const died = new Promise((_, reject) => {
    worker.addEventListener("error", ({ message }) =>
      reject(new Error(`${name}: ${message ?? "its worker cannot start"}`)),
    );
  });
  const opened = remote.open(name);
  return {
    entry: { id: name, label: name },
    ask: (request) => Promise.race([opened.then(() => remote.ask(request)), died]),
    close: () => worker.terminate(),
  };
}

const opened = new Map();

/** One request of harness/operations.mjs to a contestant, "peak", a build or a peer of peers.mjs, which stays open. */
function ask(name, request) {
  if (!opened.has(name)) opened.set(name, contestantInWorker(name));
  return opened.get(name).ask(request);
}

const square = (n) => ({ rows: n, depth: n, columns: n });

async function plannedRows() {
  const small = { dimension: 2, hidden: 128, layers: 3 };
  const large = { dimension: 16, hidden: 256, layers: 3 };
  const count = Number(parameters.get("points") ?? 10_000);
  const sampling = samplingParams(await createEngine({ variant: "simd" }), { ...small, count, steps: 100 });
  const network = ({ dimension, hidden, layers }) => `${dimension}-D, ${layers} hidden layers of ${hidden}`;
  const training = ({ batch, ...params }) => ({
    name: "Training step",
    detail: `${network(params)}, batch ${batch}`,
    workload: "trainingStep",
    params: { ...params, batch },
    flops: flopsOf({ ...params, batch }),
  });
  const product = (n) => ({
    name: `Product ${n} × ${n} × ${n}`,
    workload: "gemm",
    params: square(n),
    flops: gemmFlops(square(n)),
  });
  return [
    product(256),
    product(512),
    training({ ...small, batch: 256 }),
    training({ ...large, batch: 256 }),
    {
      name: "Sampling",
      detail: `${count.toLocaleString("en")} points, 100 steps; ${network(small)}`,
      workload: "sampling",
      params: sampling,
      flops: samplingFlops(sampling),
    },
  ].map((row) => ({ ...row, state: "waiting" }));
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const time = (seconds) => {
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 1e-3 ? `${digits(1e3 * seconds)} ms` : `${digits(1e6 * seconds)} µs`;
};

function cell(tag, className, ...content) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...content);
  return node;
}

function shareCell(share) {
  const bar = document.createElement("i");
  bar.style.setProperty("--share", `${100 * share}%`);
  return cell("td", "", cell("div", "share", bar, `${(100 * share).toFixed(0)} %`));
}

function line({ name, detail, state, seconds, gigaflops, share }) {
  const head = cell("th", "", name);
  head.scope = "row";
  if (detail) head.append(cell("small", "", detail));
  const node = cell(
    "tr",
    "",
    head,
    cell("td", "number", seconds === undefined ? "" : time(seconds)),
    cell("td", "number", gigaflops === undefined ? "" : `${digits(gigaflops)} GFLOP/s`),
    share === undefined ? cell("td", "", state === "measuring" ? "measuring …" : "") : shareCell(share),
  );
  node.dataset.state = state;
  return node;
}

function draw(rows) {
  element("tbody").replaceChildren(...rows.map(line));
}

function say(text, failed = false) {
  element("#status").textContent = text;
  element("#status").classList.toggle("failed", failed);
}

/** Fills in `rows` from contests of the build with the peak, whose own row is the first and shows the best of all its turns. */
async function measure(rows) {
  const [roof, ...own] = rows;
  const contest = new Contest([variant, ...(relaxed ? ["peak"] : [])].map(contestantInWorker), pace);
  for (const row of own) {
    row.state = "measuring";
    draw(rows);
    const [ours, peak] = await contest.run(row.workload, row.params, 0);
    Object.assign(row, { state: "done", seconds: ours.best, gigaflops: row.flops / ours.best / 1e9 });
    if (peak) {
      roof.state = "done";
      roof.gigaflops = Math.max(roof.gigaflops ?? 0, 1 / peak.best / 1e9);
      for (const each of rows.filter(({ state }) => state === "done")) each.share = each.gigaflops / roof.gigaflops;
    }
    draw(rows);
  }
  contest.close();
}

element("select[name=variant]").value = variant;
element("select[name=variant] option[value=relaxed]").disabled = !relaxed;
element("select[name=pace]").value = paceName;
element("#facts").textContent = [
  `${navigator.hardwareConcurrency} cores`,
  crossOriginIsolated ? "isolated page, clock of 5 µs" : "page not isolated, clock of 100 µs",
  navigator.userAgent,
].join(" · ");

const roof = {
  name: "Multiply-add peak",
  detail: relaxed ? "128-bit, fused" : "no relaxed SIMD here",
  state: "waiting",
};
const bench = { variant, ask, state: "idle", rows: [roof, ...(await plannedRows())] };
globalThis.bench = bench;
draw(bench.rows);

if (parameters.has("driven")) {
  say("A script drives this page.");
} else {
  bench.state = "measuring";
  say("Measuring …");
  try {
    await measure(bench.rows);
    bench.state = "done";
    say("Done.");
  } catch (error) {
    bench.state = "failed";
    say(error.message, true);
  }
}
