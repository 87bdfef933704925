/** What do workers by a server cost: short tasks a second beside threads and BullMQ, federated rounds beside the local pool, bytes on the wire? */
import { fileURLToPath } from "node:url";
import { startOpenNats } from "../../tools/nats-server.mjs";
import { withProcesses } from "../../tools/processes.mjs";
import { Contest } from "../harness/compare.mjs";
import { numbersOf } from "../harness/contestant.mjs";
import { bullmq, fedscore, label, nodes } from "../harness/roster.mjs";
import { against, row, skipped } from "../harness/row.mjs";
import { serverVersions, startRedis, whyNoNats, whyNoRedis } from "../harness/servers.mjs";

export const title = "Workers by a server on the same machine";

const workerModule = (name) => fileURLToPath(new URL(`../workers/${name}.mjs`, import.meta.url));

const workerCounts = ({ share }) => (share === 1 ? [1, 2, 4, 8] : [1, 2]);
const resultSizes = [
  { text: "1 kB", bytes: 1000 },
  { text: "140 kB", bytes: 140_000 },
];
const sizes = { small: "5 k parameters", large: "1 M parameters" };

const taskParams = (bytes) => ({ tasks: 64, inputBytes: 1000, resultBytes: bytes });
const roundParams = (size) => ({ size, clients: 8, localSteps: 5, batch: 64 });
const different = Number.POSITIVE_INFINITY;

const processesOf = (workers) => `${workers} worker process${workers === 1 ? "" : "es"}`;
const perSecond = (seconds) => 1 / seconds;
const milliseconds = (seconds) => 1000 * seconds;
const nameOfTasks = (text, workers) => `tasks with results of ${text}, ${processesOf(workers)}`;

/** fedscore's pool of so many workers: by a server where there is one, else threads. */
function pool(module, variant, workers, nats) {
  const { env, ...entry } = fedscore(nodes.newest, variant, module);
  const where = nats ? { FEDSCORE_SERVER: nats.url, FEDSCORE_MONITOR: nats.monitor } : {};
  return {
    ...entry,
    id: nats ? "nats" : "threads",
    label: nats ? "fedscore by NATS" : `${workers} worker thread${workers === 1 ? "" : "s"}`,
    env: { ...env, FEDSCORE_WORKERS: String(workers), ...where },
  };
}

async function startWorkers(processes, name, count, env, ready) {
  const start = () => processes.start(nodes.newest.path, [workerModule(name)], { ready, env });
  await Promise.all(Array.from({ length: count }, start));
}

const startNatsWorkers = (processes, { url }, count) =>
  startWorkers(processes, "nats", count, { FEDSCORE_SERVER: url }, "waiting for a run");

/** BullMQ with workers and a Redis of its own, which keeps nothing in files. */
async function startBullMQ(processes, workers) {
  const env = { REDIS_PORT: await startRedis(processes) };
  await startWorkers(processes, "bullmq", workers, env, "ready");
  return bullmq(nodes.newest, env);
}

/** What `work` gives, with a contest that ends with it. */
async function withContest(entries, pace, work) {
  const contest = new Contest(entries, pace);
  try {
    return await work(contest);
  } finally {
    contest.close();
  }
}

function taskRows(name, [ours, threads, queue], withoutRedis) {
  const unit = "tasks a second";
  const target = "ratio >= 1";
  return [
    against(name, unit, perSecond, ours, threads),
    queue ? against(name, unit, perSecond, ours, queue, target) : skipped(`${name}, BullMQ`, target, withoutRedis),
  ];
}

/** @param withoutRedis why there is none, or undefined. */
function shortTasks(workers, pace, withoutRedis) {
  return withProcesses(async (processes) => {
    const nats = await startOpenNats(processes);
    await startNatsWorkers(processes, nats, workers);
    const entries = [nats, undefined].map((server) => pool("fedscore-short-tasks", "simd", workers, server));
    if (withoutRedis === undefined) entries.push(await startBullMQ(processes, workers));
    return withContest(entries, pace, async (contest) => {
      const rows = [];
      for (const { text, bytes } of resultSizes) {
        const results = await contest.run("shortTasks", taskParams(bytes), 0);
        rows.push(...taskRows(nameOfTasks(text, workers), results, withoutRedis));
      }
      return { rows, versions: await contest.versions() };
    });
  });
}

/** Rounds with two workers. */
function rounds(pace) {
  return withProcesses(async (processes) => {
    const nats = await startOpenNats(processes);
    await startNatsWorkers(processes, nats, 2);
    const entries = [nats, undefined].map((server) => pool("fedscore-round", "relaxed", 2, server));
    return withContest(entries, pace, async (contest) => {
      const rows = [];
      for (const [size, text] of Object.entries(sizes)) {
        const [ours, threads] = await contest.run("round", roundParams(size), different);
        const name = `a round of 8 clients, ${text}, 2 worker processes`;
        rows.push(against(name, "ms a client", milliseconds, ours, threads));
      }
      return rows;
    });
  });
}

/** Messages of a call: it, the asking for it, its result, and the server's or a receiver's word that each arrived, to the server and from it. */
const messagesOfCall = 9;

/** What the server counted beside what it has to be. */
function beside(name, unit, value, peer, peerValue, target) {
  return row({ name, value, unit, peer, peerValue, ratio: value / peerValue, target });
}

async function wireOfTasks(nats, { share }) {
  const rows = [];
  for (const { text, bytes } of resultSizes) {
    const params = { ...taskParams(bytes), tasks: share === 1 ? 512 : 128 };
    const [messages, sent] = await numbersOf(pool("fedscore-short-tasks", "simd", 2, nats), "wire", params);
    const name = `a task with a result of ${text}, 2 worker processes`;
    rows.push(
      beside(`${name}: messages`, "messages", messages, "as the protocol says", messagesOfCall, "ratio <= 1.1"),
      // Input and result go to the server and from it.
      beside(`${name}: bytes`, "kB", sent / 1000, "inputs and results alone", (2 * (params.inputBytes + bytes)) / 1000),
    );
  }
  return rows;
}

async function wireOfRounds(nats, { share }) {
  const rows = [];
  for (const [size, text] of Object.entries(sizes)) {
    const params = { ...roundParams(size), rounds: share === 1 ? 20 : 4 };
    const entry = pool("fedscore-round", "relaxed", 2, nats);
    const [messages, bytes, calls, parameters, updates] = await numbersOf(entry, "wire", params);
    const name = `a round of 8 clients, ${text}, 2 worker processes`;
    rows.push(
      row({ name: `${name}: messages`, value: messages, unit: "messages" }),
      row({ name: `${name}: calls`, value: calls, unit: "calls" }),
      // Parameters go to the server once and to each worker, updates to it and from it.
      beside(
        `${name}: bytes`,
        "MB",
        bytes / 1e6,
        "parameters and updates alone",
        (3 * parameters + 2 * updates) / 1e6,
        "ratio <= 1.1",
      ),
    );
  }
  return rows;
}

function wire(pace) {
  return withProcesses(async (processes) => {
    const nats = await startOpenNats(processes);
    await startNatsWorkers(processes, nats, 2);
    return [...(await wireOfTasks(nats, pace)), ...(await wireOfRounds(nats, pace))];
  });
}

export async function measure(pace) {
  const reason = await whyNoNats();
  if (reason !== undefined) return { rows: [skipped("workers by a server", undefined, reason)] };
  const withoutRedis = await whyNoRedis();
  const rows = [];
  const versions = {};
  for (const workers of workerCounts(pace)) {
    const tasks = await shortTasks(workers, pace, withoutRedis);
    rows.push(...tasks.rows);
    Object.assign(versions, tasks.versions);
  }
  rows.push(...(await rounds(pace)), ...(await wire(pace)));
  return {
    rows: rows.map((each) => ({ ...each, name: `${each.name}, ${label(nodes.newest)}` })),
    versions: { ...versions, ...serverVersions() },
  };
}
