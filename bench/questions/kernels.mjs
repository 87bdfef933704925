/** How near is each of the smaller kernels to a limit of the processor? */
import { Contest } from "../harness/compare.mjs";
import { fedscore, label, nodes, peak } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Kernels beside their limits";

/** float32 that fit the second-level cache of most processors with all vectors of a kernel. */
const cached = 2 ** 14;
/** float32 that fit no cache but the last. */
const large = 2 ** 20;

/**
 * Each kernel's least work on one number, counted from its formula: multiply-adds, divisions and roots on the two units that the FMA
 * peak measures (a 128-bit division occupies one of them for about 4 cycles, a root for 5), or vectors that have to move.
 */
const kernels = [
  { name: "SiLU and its derivative", workload: "activation", params: { name: "silu" }, arithmetic: 10 / 4 + 4 / 4 },
  { name: "GELU and its derivative", workload: "activation", params: { name: "gelu" }, arithmetic: 16 / 4 + 4 / 4 },
  { name: "tanh and its derivative", workload: "activation", params: { name: "tanh" }, arithmetic: 13 / 4 + 4 / 4 },
  { name: "Adam, in cache", workload: "adam", params: { count: cached }, arithmetic: 9 / 4 + 9 / 4 },
  { name: "Adam, out of cache", workload: "adam", params: { count: large }, arithmetic: 9 / 4 + 9 / 4, moved: 7 },
  {
    name: "Adam with a mask, out of cache",
    workload: "adam",
    params: { count: large, keep: true },
    arithmetic: 9 / 4 + 9 / 4,
    moved: 7.25,
  },
  {
    name: "mixture posterior, 64 components, d 2 (one pair)",
    workload: "mixture",
    params: { rows: 4096, components: 64, dimension: 2, variance: 0.1 },
    arithmetic: (2 + 2 + 12) / 4,
  },
  {
    name: "mixture posterior, 64 components, d 16 (one pair)",
    workload: "mixture",
    params: { rows: 4096, components: 64, dimension: 16, variance: 0.1 },
    arithmetic: (16 + 16 + 12) / 4,
  },
  {
    name: "empirical law, 10,000 points, d 64 (one pair)",
    workload: "mixture",
    params: { rows: 48, components: 10_000, dimension: 64, variance: 0 },
    arithmetic: (64 + 64 + 12) / 4,
  },
];

const nanoseconds = (seconds) => 1e9 * seconds;

const limits = {
  // The peak's piece of work is one operation of one lane; a vector multiply-add is 8 of them.
  arithmetic: {
    label: "arithmetic at the FMA peak",
    seconds: ({ arithmetic }, operation) => arithmetic * 8 * operation,
  },
  // The stream moves 3 numbers for each of its own.
  memory: {
    label: "memory: as fast as y = a x + b y moves numbers",
    seconds: ({ moved = 0 }, _, streamed) => (moved / 3) * streamed,
  },
};

/** The limit that asks for more time. */
function limitOf(kernel, operation, streamed) {
  const all = Object.values(limits).map(({ label, seconds }) => ({
    label,
    seconds: seconds(kernel, operation, streamed),
  }));
  return all.reduce((most, each) => (each.seconds > most.seconds ? each : most));
}

export async function measure(pace) {
  const node = nodes.newest;
  const own = fedscore(node, "relaxed", "fedscore-single");
  const roofs = [
    { ...peak(node), workload: "gemm" },
    { ...own, id: "stream", workload: "stream", params: { count: large } },
  ];
  const rows = [];
  for (const kernel of kernels) {
    const { name, workload, params, moved } = kernel;
    const contest = new Contest([own, ...(moved ? roofs : roofs.slice(0, 1))], pace);
    const [ours, operation, streamed] = await contest.run(workload, params, Number.POSITIVE_INFINITY);
    contest.close();
    const limit = limitOf(kernel, operation.best, streamed?.best ?? 0);
    rows.push(
      row({
        name: `${name}, ${label(node)}`,
        value: nanoseconds(ours.best),
        unit: "ns a number",
        peer: limit.label,
        peerValue: nanoseconds(limit.seconds),
        ratio: limit.seconds / ours.best,
        spread: ours.spread,
      }),
    );
  }
  return { rows };
}
