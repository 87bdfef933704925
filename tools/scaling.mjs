/**
 * How far federations go:
 * node tools/scaling.mjs measure [--clients 10,100,1000] [--processes 4] [--rounds 10] [--minutes 10] [--out FILE]
 * node tools/scaling.mjs model FILE ...: what the first run of 100 clients in FILE predicts of the others, and of a million
 */
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startOpenNats } from "./nats-server.mjs";
import { Processes } from "./processes.mjs";
import { calibrate, observed, predict, region } from "./scaling/model.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: "string", default: "10,100,1000" },
    processes: { type: "string", default: "4" },
    rounds: { type: "string", default: "10" },
    minutes: { type: "string", default: "10" },
    out: { type: "string" },
  },
});
const numbers = (text) => text.split(",").map(Number);
const script = (name) => fileURLToPath(new URL(`scaling/${name}`, import.meta.url));

/** One federation with a server of its own; all of it has ended when this resolves. */
async function measure(clients, parts, rounds) {
  const load = loadavg()[0];
  const folder = mkdtempSync(join(tmpdir(), "fedscore-scaling-"));
  const processes = new Processes();
  const children = [];
  try {
    const pidFile = join(folder, "server.pid");
    const { url, monitor } = await startOpenNats(processes, ["-P", pidFile]);
    const each = clients / parts;
    for (let n = 0; n < parts; n++) {
      const range = [Math.round(n * each), Math.round((n + 1) * each)];
      children.push(fork(script("clients.mjs"), [url, clients, ...range].map(String)));
    }
    const pids = { server: Number(readFileSync(pidFile, "utf8")), clients: children.map(({ pid }) => pid) };
    const settings = JSON.stringify({ server: url, monitor: `${monitor}/varz`, clients, rounds, pids });
    const coordinator = fork(script("coordinator.mjs"), [settings], { execArgv: ["--expose-gc"] });
    children.push(coordinator);
    const messages = await messagesOf(coordinator);
    return { clients, processes: parts, load, rounds: messages.slice(0, -1), ...messages.at(-1) };
  } finally {
    await Promise.all(children.map(leave));
    await processes.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function messagesOf(child) {
  return new Promise((resolve, reject) => {
    const messages = [];
    const late = setTimeout(() => reject(new Error("the federation takes too long")), 60_000 * Number(values.minutes));
    child.on("message", (message) => {
      messages.push(message);
      if (message.round !== undefined) console.error(`round ${message.round}: ${message.seconds.toFixed(2)} s`);
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      if (code === 0) resolve(messages);
      else reject(new Error(`the coordinator ended with ${code}`));
    });
  });
}

/** Told to, and killed where it does not. */
async function leave(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}

/** Assumed, not measured: lines of 1 Gbit/s for servers, 10 Mbit/s for clients, 50 ms one way, processors as fast as those of the measurement. */
const assumed = { cores: 8, bandwidth: 125e6, clientBandwidth: 1.25e6, delay: 0.05 };

const [command, ...files] = positionals;
if (command === "measure") await measureAll();
else if (command === "model" && files.length > 0) model(files.map((file) => JSON.parse(readFileSync(file, "utf8"))));
else {
  console.error("measure or model FILE ...");
  process.exitCode = 2;
}

async function measureAll() {
  const runs = [];
  for (const clients of numbers(values.clients)) {
    for (const processes of numbers(values.processes)) {
      const run = await measure(clients, Math.min(clients, processes), Number(values.rounds));
      runs.push(run);
      show(run);
    }
  }
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version, date: new Date().toISOString() };
  if (values.out) writeFileSync(values.out, `${JSON.stringify({ machine, runs })}\n`);
}

function model(measured) {
  const [{ machine }] = measured;
  const { cores } = machine;
  const runs = measured.flatMap(({ runs }) => runs);
  const reference = runs.find(({ clients }) => clients === 100);
  const largest = runs.reduce((most, run) => (run.clients > most.clients ? run : most));
  const costs = calibrate(reference, largest, cores);
  console.log("costs of one client", JSON.stringify(costs, undefined, 1));
  console.log(
    "clients processes load | seconds: predicted measured (least-most) | processor seconds of coordinator, server, clients: predicted measured",
  );
  for (const run of runs) {
    const { clients, processes, load } = run;
    const there = observed(run);
    const guess = predict(costs, { clients, processes, cores });
    const show = (cpu) =>
      Object.values(cpu)
        .map((value) => value.toFixed(2))
        .join(" ");
    console.log(
      `${clients} ${processes} ${load.toFixed(1)} | ${guess.seconds.toFixed(2)} ${there.seconds.toFixed(2)} (${there.least.toFixed(2)}-${there.most.toFixed(2)})${run === reference ? " calibrated" : ""} | ${show(guess.cpu)} | ${show(there.cpu)}`,
    );
  }
  million(costs, runs);
}

function million(costs, runs) {
  const ordered = runs.toSorted((a, b) => a.clients - b.clients);
  const [few, many] = [ordered[0], ordered.at(-1)];
  const memory = (key) => (many.rounds.at(-1)[key] - few.rounds.at(-1)[key]) / (many.clients - few.clients);
  const regions = 64;
  const clients = Math.ceil(1e6 / regions);
  const { seconds, busy, presence } = region(costs, { clients, ...assumed });
  console.log(
    `${regions} regions of ${clients}: a round ${seconds.toFixed(1)} s, busy ${JSON.stringify(busy)}, presence ${JSON.stringify(presence)}, ` +
      `server in ${((clients * costs.bytes.in) / 1e6).toFixed(0)} MB, its memory ${((clients * memory("serverResident")) / 1e9).toFixed(2)} GB, ` +
      `aggregator's ${((clients * memory("resident")) / 1e9).toFixed(2)} GB`,
  );
}

function show({ clients, processes, rounds, parameters, load, late, refused }) {
  const mega = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  console.log(
    `\n${clients} clients in ${processes} processes, ${parameters} parameters, load ${load.toFixed(1)} before, late ${late}, refused ${refused}`,
  );
  for (const round of rounds) {
    const cpu = Object.entries(round.cpu)
      .map(([key, value]) => `${key} ${value.toFixed(2)}`)
      .join(", ");
    console.log(
      `round ${round.round}: ${round.seconds.toFixed(2)} s, answered ${round.answered}, coordinator ${mega(round.resident)} (live ${mega(round.live)}), server ${mega(round.serverResident)}, clients ${mega(round.clientsResident)}, ` +
        `down ${mega(round.down)} of ${mega(round.analyticDown)}, up ${mega(round.up)} of ${mega(round.analyticUp)}, server in ${mega(round.inBytes)} / ${round.inMessages}, out ${mega(round.outBytes)} / ${round.outMessages}, cpu ${cpu}`,
    );
    for (const reason of round.absent.slice(0, 5)) console.log(`  ${reason}`);
  }
}
