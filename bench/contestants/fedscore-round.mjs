/**
 * Federated rounds in the pool that the environment names, and the local training in them alone. A piece of work is one
 * client of one round.
 */

import { readFileSync } from "node:fs";
import { Serializer } from "node:v8";
import { Worker } from "node:worker_threads";
import { selectRows } from "../../dist/entries/data.js";
import {
  initializeParameters,
  levelTable,
  trainingLevels,
  trainLocally,
  weightings,
} from "../../dist/entries/diffusion.js";
import { extract } from "../../dist/entries/pruning.js";
import {
  createEngine,
  createFederation,
  createMaskFamily,
  createSchedule,
  poolTransport,
  supportsRelaxedSimd,
} from "../../dist/index.js";
import { values } from "../harness/inputs.mjs";
import { countedCalls, poolOf, trafficOf } from "./fedscore-pools.mjs";

const engine = await createEngine({ variant: supportsRelaxedSimd() ? "relaxed" : "simd" });

/** Messages and bytes to and from the workers, where they are counted. */
const traffic = { counted: process.env.FEDSCORE_COUNT === "1", messagesOut: 0, messagesIn: 0, bytesOut: 0, bytesIn: 0 };

/** Of a reference to shared memory a message has an id. */
class MessageSerializer extends Serializer {
  _getSharedArrayBufferId() {
    return 0;
  }
}

function bytesOf(message) {
  const serializer = new MessageSerializer();
  serializer.writeHeader();
  serializer.writeValue(message);
  return serializer.releaseBuffer().length;
}

function countedWorker() {
  const worker = new Worker(new URL("../../dist/worker.js", import.meta.url));
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (message, transfer) => {
    traffic.messagesOut++;
    traffic.bytesOut += bytesOf(message);
    post(message, transfer);
  };
  worker.on("message", (message) => {
    traffic.messagesIn++;
    traffic.bytesIn += bytesOf(message);
  });
  return worker;
}

const pool = await poolOf(engine, traffic.counted ? { createWorker: countedWorker } : {});

const rounds = 2 ** 20;
const pointCount = 20_000;
const keepRatios = [1, 1 / 2, 1 / 4, 1 / 8];
const schedule = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 0.001 };
const adam = { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** About 5 thousand, or a million parameters. */
const networks = {
  small: { dimension: 2, hidden: [40, 40, 40] },
  large: { dimension: 64, hidden: [670, 670, 670] },
};

/** @param keepRatio of all clients, or absent: 1, 1/2, 1/4, 1/8 by turns. */
function optionsOf({ size, clients, localSteps, batch, keepRatio }) {
  const network = {
    ...networks[size],
    noiseFeatures: 32,
    activation: "silu",
    residual: false,
    parameterization: "eps",
    sigmaData: 1,
  };
  const share = Math.max(1, Math.floor(pointCount / clients));
  return {
    network,
    schedule,
    training: {
      batchSize: batch,
      optimizer: adam,
      weighting: "simple",
      levels: { spacing: "time", count: 1000 },
    },
    points: values(pointCount * network.dimension, 1),
    clients: Array.from({ length: clients }, (_, client) => ({
      rows: Uint32Array.from({ length: share }, (_, row) => (client * share + row) % pointCount),
      keepRatio: keepRatio ?? keepRatios[client % keepRatios.length],
    })),
    maskFamily: createMaskFamily({ kind: "prefix" }),
    rounds,
    localSteps,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed: 1,
  };
}

async function round(params) {
  const federation = createFederation(engine, { ...optionsOf(params), transport: poolTransport(pool) });
  const reports = federation.train();
  const run = async () => {
    const { value } = await reports.next();
    return value;
  };
  return {
    units: params.clients,
    run,
    check: async () => [(await run()).loss],
    close: () => reports.return(),
  };
}

function submodelsOf(network, clients, parameters, seed) {
  const participants = clients.map(({ keepRatio }, id) => ({ id, keepRatio }));
  const context = { engine, spec: network, seed, round: 0, clients: participants, parameters };
  const masks = createMaskFamily({ kind: "prefix" }).assign(context);
  return masks.map((mask) => extract(engine, network, parameters, mask));
}

/** What the clients of one round train, one after the other in this thread, their submodels and data ready. */
async function localTraining(params) {
  const { network, training, points, clients, seed, localSteps } = optionsOf(params);
  const { arena } = engine;
  const levels = trainingLevels(engine, createSchedule(schedule), training.levels);
  const table = arena.copyIn(levelTable(engine, network, levels, weightings.simple));
  const data = clients.map(({ rows }) =>
    arena.copyIn(selectRows({ points, dimension: network.dimension }, rows).points),
  );
  const initial = initializeParameters(engine, network, seed);
  const submodels = submodelsOf(network, clients, initial, seed);
  const local = submodels.map(({ parameters }) => parameters.slice());
  let round = 0;
  return {
    units: clients.length,
    run() {
      clients.forEach((_, client) => {
        local[client].set(submodels[client].parameters);
        const request = { ...submodels[client], parameters: local[client], levelTable: table, points: data[client] };
        trainLocally(engine, { ...request, settings: training, steps: localSteps, seed, round, client });
      });
      round++;
    },
    check: () => [],
  };
}

/** check: [messages out, messages in, bytes out, bytes in] of one round, after the first, whose workers were told of the run. */
async function messages(params) {
  const { run, close } = await round(params);
  await run();
  const before = { ...traffic };
  await run();
  const counts = ["messagesOut", "messagesIn", "bytesOut", "bytesIn"].map((key) => traffic[key] - before[key]);
  return { run, close, check: () => counts };
}

/**
 * Rounds by a server, after the first one, each on average; then the pool is closed. check: [messages, bytes, calls, bytes of parameters,
 * bytes of updates], the first two as the server counts them, the last two as they must be.
 */
async function wire(params) {
  const calls = countedCalls(pool);
  const { run } = await round(params);
  await run();
  const before = calls.count;
  const { messages, bytes } = await trafficOf(async () => {
    for (let index = 0; index < params.rounds; index++) await run();
  });
  const { network, clients, seed } = optionsOf(params);
  const initial = initializeParameters(engine, network, seed);
  const updates = submodelsOf(network, clients, initial, seed).reduce(
    (sum, { parameters }) => sum + parameters.length,
    0,
  );
  const counted = [messages, bytes, calls.count - before].map((total) => total / params.rounds);
  await pool.close();
  return { run, check: () => [...counted, 4 * initial.length, 4 * updates] };
}

/**
 * Largest resident memory of this process, kB. Linux counts what a process had before it became Node (its parent's) in `maxRSS`, not in
 * VmHWM.
 */
function largestResident() {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

/** check: [largest resident memory of this process, kB] after two rounds. */
async function memory(params) {
  const { run, close } = await round(params);
  await run();
  await run();
  return { run, close, check: () => [largestResident()] };
}

export const versions = {};
export const workloads = { round, localTraining, messages, wire, memory };
