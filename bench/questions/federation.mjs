/** What does a round cost beside the local training in it, how does it scale in workers and clients, and what does it send? */
import { Contest } from "../harness/compare.mjs";
import { numbersOf } from "../harness/contestant.mjs";
import { fedscore, label, nodes } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Federated rounds of 5 local steps, batch 64, keep ratios 1, 1/2, 1/4, 1/8 by turns";

const different = Number.POSITIVE_INFINITY;
/** Parameters of the networks of contestants/fedscore-round.mjs. */
const sizes = {
  small: { text: "5 k parameters", parameters: 4762 },
  large: { text: "1 M parameters", parameters: 1_007_074 },
};
const milliseconds = (seconds) => 1000 * seconds;

const paramsOf = (size, clients) => ({ size, clients, localSteps: 5, batch: 64 });

function withWorkers(node, workers, more = {}) {
  const { env, ...entry } = fedscore(node, "relaxed", "fedscore-round");
  const counted = { ...env, FEDSCORE_WORKERS: String(workers), ...more };
  return { ...entry, id: `workers-${workers}`, label: `${workers} worker${workers === 1 ? "" : "s"}`, env: counted };
}

const clientsOf = (size, { share }) => {
  if (size === "large") return [8, 64 * share >= 8 ? Math.round(64 * share) : 16];
  return [8, 100, 1000, ...(share === 1 ? [10_000] : [])];
};

/** Several threads are seldom all undisturbed: more turns, and more time for them. */
const patient = (pace) => (pace.share === 1 ? { ...pace, rounds: 2 * pace.rounds, patience: 4 * pace.patience } : pace);

/** Each a client's share of a round, by one worker, beside its local training alone in one thread. */
async function overhead(node, pace) {
  const rows = [];
  const series = [];
  const local = { ...withWorkers(node, 0), workload: "localTraining" };
  const contest = new Contest([withWorkers(node, 1), local, withWorkers(node, 2)], patient(pace));
  for (const size of Object.keys(sizes)) {
    for (const clients of clientsOf(size, pace)) {
      const [one, alone, two] = await contest.run("round", paramsOf(size, clients), different);
      const name = `${clients} clients, ${sizes[size].text}`;
      rows.push(
        row({
          name: `${name}: a round beside its local training`,
          value: milliseconds(one.best),
          unit: "ms a client",
          peer: "local training alone",
          peerValue: milliseconds(alone.best),
          ratio: one.best / alone.best,
          target: "ratio <= 1.05",
          spread: one.spread,
        }),
        row({
          name: `${name}: two workers beside one`,
          value: milliseconds(two.best),
          unit: "ms a client",
          peer: "1 worker",
          peerValue: milliseconds(one.best),
          ratio: one.best / two.best,
          target: "ratio >= 1.9",
          spread: two.spread,
        }),
      );
      for (const [workers, { best }] of [
        [1, one],
        [2, two],
      ]) {
        const share = best / (alone.best / workers) - 1;
        series.push({
          clients,
          workers,
          parameters: sizes[size].parameters,
          millisecondsPerClient: milliseconds(best),
          overhead: share,
        });
      }
    }
  }
  contest.close();
  return { rows, series };
}

async function memory(node) {
  const kilobytes = async (clients) => (await numbersOf(withWorkers(node, 2), "memory", paramsOf("small", clients)))[0];
  const [few, many] = [await kilobytes(100), await kilobytes(10_000)];
  return row({
    name: "10,000 clients beside 100, 5 k parameters, 2 workers: largest resident memory",
    value: many / 1000,
    unit: "MB",
    peer: "100 clients",
    peerValue: few / 1000,
    ratio: many / few,
    target: "ratio <= 1.15",
  });
}

async function traffic(node) {
  const rows = [];
  for (const [size, clients] of [
    ["small", 100],
    ["small", 10_000],
    ["large", 8],
  ]) {
    const entry = withWorkers(node, 2, { FEDSCORE_COUNT: "1" });
    const [out, back, bytesOut, bytesBack] = await numbersOf(entry, "messages", paramsOf(size, clients));
    const name = `${clients} clients, ${sizes[size].text}, 2 workers`;
    rows.push(
      row({ name: `${name}: messages of a round`, value: out + back, unit: "messages" }),
      row({ name: `${name}: bytes of a round`, value: (bytesOut + bytesBack) / 1e6, unit: "MB" }),
    );
  }
  return rows;
}

export async function measure(pace) {
  const node = nodes.newest;
  const { rows, series } = await overhead(node, pace);
  const all = [...rows, await memory(node), ...(await traffic(node))];
  return { rows: all.map((each) => ({ ...each, name: `${each.name}, ${label(node)}` })), series };
}
