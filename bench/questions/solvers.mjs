/** What do second-order solvers of the probability flow cost beside the same steps elsewhere, and beside the evaluations they take? */
import { createEngine } from "../../dist/index.js";
import { Contest, fastest } from "../harness/compare.mjs";
import { fedscore, label, nodes, peers, pytorch, variantName } from "../harness/roster.mjs";
import { against, judgedAsKernels, row } from "../harness/row.mjs";
import { flowParams } from "../harness/sampling-run.mjs";

export const title = "Second-order solvers of the probability flow: 10,000 points, 50 evaluations of the network";

const network = { dimension: 16, hidden: 256, layers: 3 };
const small = { dimension: 2, hidden: 128, layers: 3 };
const solvers = [
  { solver: "heun", steps: 25 },
  { solver: "dpm-solver++-2m", steps: 50 },
];
/** First order, one evaluation a step: what the same evaluations cost without what a solver adds. */
const plain = { solver: "ddim", steps: 50 };

const libraries = ["onnxruntime-web"];
/** Fifty evaluations of a random network carry roundings of float32 on. */
const tolerance = 1e-2;
const identity = (seconds) => seconds;

/** A short run takes the small network and fewer points. */
const configsOf = ({ share }) =>
  share === 1 ? [small, network].map((each) => ({ ...each, count: 10_000 })) : [{ ...small, count: 10_000 * share }];
const nameOf = ({ dimension, hidden, layers }) => `d ${dimension}, h ${hidden}, L ${layers}`;

async function besidePeers(node, variant, pace, target, natives) {
  const engine = await createEngine({ variant: "simd" });
  const contest = new Contest([fedscore(node, variant), ...peers(node, libraries), ...natives], pace);
  const rows = [];
  for (const config of configsOf(pace)) {
    for (const solver of solvers) {
      const name = `${solver.solver}, ${nameOf(config)}, ${label(node)}, ${variantName(variant)}`;
      const results = await contest.run("flowSampling", flowParams(engine, { ...config, ...solver }), tolerance);
      const [ours] = results;
      const library = fastest(results.filter(({ entry }) => libraries.includes(entry.id)));
      rows.push(against(name, "s", identity, ours, library, target));
      if (natives.length > 0)
        rows.push(...judgedAsKernels(name, "s", identity, ours, results, { "pytorch-sse3": "ratio >= 1" }));
    }
  }
  const versions = await contest.versions();
  contest.close();
  return { rows, versions };
}

async function besideFirstOrder(node, pace) {
  const engine = await createEngine({ variant: "simd" });
  const entries = [...solvers, plain].map((solver) => ({
    ...fedscore(node, "relaxed"),
    id: solver.solver,
    label: solver.solver,
    solver,
    unchecked: true,
  }));
  const rows = [];
  for (const config of configsOf(pace)) {
    const withParams = entries.map((entry) => ({
      ...entry,
      params: flowParams(engine, { ...config, ...entry.solver }),
    }));
    const contest = new Contest(withParams, pace);
    const results = await contest.run("flowSampling", {}, tolerance);
    const first = results.at(-1);
    for (const { entry, best, spread } of results.slice(0, -1)) {
      rows.push(
        row({
          name: `${entry.label}, ${nameOf(config)}: time beside ddim with as many evaluations`,
          value: best,
          unit: "s",
          peer: first.entry.label,
          peerValue: first.best,
          ratio: best / first.best,
          target: "ratio <= 1.1",
          spread,
        }),
      );
    }
    contest.close();
  }
  return rows;
}

export async function measure(pace) {
  const { current, newest } = nodes;
  const parts = [await besidePeers(newest, "relaxed", pace, "ratio >= 2", pytorch())];
  if (current.major < 22) parts.push(await besidePeers(current, "simd", pace, "ratio >= 1.4", []));
  return {
    rows: [...parts.flatMap(({ rows }) => rows), ...(await besideFirstOrder(newest, pace))],
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
  };
}
