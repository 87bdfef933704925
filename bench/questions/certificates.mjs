/** How many steps of paths does a thread certify in a second, how much of that is the network, and what does a Jacobian-vector product cost in sampling? */
import { Contest } from "../harness/compare.mjs";
import { fedscore, label, nodes, peak } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Certificates: ring of 8 Gaussians, network of 3 layers of 64";

const sizes = { steps: 20, paths: 2048 };

/** What a path is certified by; `products`: of the network's matrices for one step of a path, multiply-adds x 2 of one each. */
const kinds = [
  { name: "path KL, ancestral", workload: "certificate", sampler: "ancestral", products: 1 },
  { name: "path KL, analytic", workload: "certificate", sampler: "analytic", products: 1 },
  { name: "path KL, exponential integrator", workload: "certificate", sampler: "exponential-integrator", products: 1 },
  { name: "path KL, jvp", workload: "certificate", sampler: "jvp", products: 4 },
  { name: "path KL, full covariance", workload: "certificate", sampler: "full-covariance", products: 4 },
  { name: "interval, ancestral", workload: "interval", sampler: "ancestral", products: 2, rows: 256, k: 8 },
  { name: "interval, analytic", workload: "interval", sampler: "analytic", products: 2, rows: 256, k: 8 },
  { name: "interval, jvp", workload: "interval", sampler: "jvp", products: 5, rows: 256, k: 8 },
  { name: "change of variables, ddim", workload: "certificate", sampler: "ddim", paths: 64 },
];

/** Of one forward pass of one row but for the noise features, which all rows of a step share. */
const forwardFlops = 2 * (2 * 64 + 64 * 64 + 64 * 64 + 64 * 2);
const megasteps = (seconds) => 1 / seconds / 1e6;

function costOf({ name, products }, [ours, roof], node) {
  const common = {
    name: `${name}, ${label(node)}`,
    value: megasteps(ours.best),
    unit: "million steps of paths a second",
    spread: ours.spread,
  };
  if (products === undefined) return row(common);
  const rate = (products * forwardFlops) / ours.best;
  return row({ ...common, peer: "128-bit FMA peak, for the network's products alone", ratio: rate * roof.best });
}

export async function measure(pace) {
  const node = nodes.newest;
  const own = fedscore(node, "relaxed", "fedscore-certificates");
  const rows = [];
  for (const kind of kinds) {
    const contest = new Contest([own, { ...peak(node), workload: "gemm", unchecked: true }], pace);
    const { workload, sampler, paths = sizes.paths, rows: weighed, k } = kind;
    const params = { sampler, steps: sizes.steps, paths, rows: weighed, k };
    rows.push(costOf(kind, await contest.run(workload, params, Number.POSITIVE_INFINITY), node));
    contest.close();
  }
  rows.push(await besideAncestral(own, node, pace));
  return { rows };
}

/** A step of `jvp` evaluates the network and one tangent of it. */
async function besideAncestral(own, node, pace) {
  const entry = (sampler) => ({ ...own, id: sampler, label: sampler, params: { sampler } });
  const contest = new Contest([entry("ancestral"), entry("jvp")], pace);
  const params = { steps: sizes.steps, count: 2040 };
  const [ancestral, jvp] = await contest.run("samplerSteps", params, Number.POSITIVE_INFINITY);
  contest.close();
  return row({
    name: `sampling: a step of jvp beside one of ancestral, ${label(node)}`,
    value: 1e9 * jvp.best,
    unit: "ns a step",
    peer: "ancestral",
    peerValue: 1e9 * ancestral.best,
    ratio: jvp.ratio,
    target: "ratio <= 2.1",
    spread: jvp.spread,
  });
}
