import { describe, expect, it } from "vitest";
import { decodeCheckpoint } from "../../src/federation/checkpoint-format.js";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { CompleteOptions } from "../../src/federation/options.js";
import type { RunIdentity } from "../../src/federation/run-identity.js";
import { createEngine } from "../../src/kernels/index.js";
import type { NetworkSpec } from "../../src/network/spec.js";
import type { CompleteTraining } from "../../src/network/training-fields.js";
import { rolling } from "../../src/pruning/families/rolling.js";
import { simdEngine, variants } from "../support/engines.js";
import { type HeldFederation, smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();
const clients = 4;
const base: HeldFederation = {
  ...smallFederation(testTransport(engine), clients, { rounds: 5, participation: 0.5 }),
  clientRule: { kind: "fedprox", mu: 0.1 },
  server: { kind: "fedadam" },
  aggregation: { kind: "norm-clipping", factor: 2 },
  attack: { kind: "sign-flip", clients: 1 },
};
const { training = {}, network, points } = base;
const federate = (overrides: Partial<HeldFederation> = {}): Federation =>
  createFederation(engine, { ...base, ...overrides });

/** Another value of an option, and the key by which the refusal names it. */
type Change = readonly [key: string, overrides: Partial<HeldFederation>];

const changed = (key: string, overrides: Partial<HeldFederation>): Change => [key, overrides];

/** The same points, each with class 1. */
function classed(rows: Float32Array, dimension: number): Float32Array {
  const count = rows.length / dimension;
  return Float32Array.from({ length: count * (dimension + 1) }, (_, at) => {
    const [row, column] = [Math.floor(at / (dimension + 1)), at % (dimension + 1)];
    return column === dimension ? 1 : rows[row * dimension + column];
  });
}

/** Of the network: a key that is added to it must be listed here. */
const networkChanges: Record<keyof Required<NetworkSpec>, Change> = {
  dimension: changed("network.dimension", {
    network: { ...network, dimension: 4 },
    points: Float32Array.of(...points, ...points),
  }),
  hidden: changed("network.hidden[1]", { network: { ...network, hidden: [6, 6] } }),
  activation: changed("network.activation", { network: { ...network, activation: "relu" } }),
  residual: changed("network.residual", { network: { ...network, residual: true } }),
  joints: changed("network.joints[0]", { network: { ...network, joints: [false, false] } }),
  noiseFeatures: changed("network.noiseFeatures", { network: { ...network, noiseFeatures: 6 } }),
  parameterization: changed("network.parameterization", { network: { ...network, parameterization: "x0" } }),
  conditioning: changed("network.conditioning", { network: { ...network, conditioning: "film" } }),
  normalization: changed("network.conditioning", {
    network: { ...network, conditioning: "film", normalization: "rms" },
  }),
  classes: changed("network.conditioning", {
    network: { ...network, conditioning: "film", classes: 2 },
    points: classed(points, network.dimension),
  }),
  normalizedWidths: changed("network.normalizedWidths[0]", { network: { ...network, normalizedWidths: [9, 9] } }),
  sigmaData: changed("network.sigmaData", { network: { ...network, sigmaData: 0.25 } }),
};

/** Of local training, likewise. */
const trainingChanges: Record<keyof Required<CompleteTraining>, Change> = {
  batchSize: changed("training.batchSize", { training: { ...training, batchSize: 16 } }),
  weighting: changed("training.weighting", { training: { ...training, weighting: "certificate" } }),
  labelDropout: changed("training.labelDropout", { training: { ...training, labelDropout: 0.5 } }),
  clipNorm: changed("training.clipNorm", { training: { ...training, clipNorm: 1 } }),
  optimizer: changed("training.optimizer.kind", { training: { ...training, optimizer: { kind: "adam" } } }),
  rate: changed("training.rate.kind", { training: { ...training, rate: { kind: "cosine", rounds: 9 } } }),
  levels: changed("training.levels.count", { training: { ...training, levels: { spacing: "time", count: 17 } } }),
  privacy: changed("training.privacy.clipNorm", {
    training: { ...training, privacy: { clipNorm: 1, noiseMultiplier: 1 } },
    // A client has at least as many records as a batch.
    clients: base.clients.map((client) => ({ ...client, rows: Uint32Array.from({ length: 8 }, (_, row) => row) })),
  }),
};

const device = { name: "board", flopsPerSecond: 1e9, memoryBytes: 2 ** 30, uplink: 1e6, downlink: 1e6 };

const listed = (change: (id: number) => object) => base.clients.map((client, id) => ({ ...client, ...change(id) }));

/** They decide how long a run is, where it runs and who answers. */
const withoutBytes = ["rounds", "transport", "deadline", "minimumUpdates", "aggregationGoal"] as const;

/** Of the run: each option is here, or among those that decide no byte. */
const changes: Record<Exclude<keyof CompleteOptions, (typeof withoutBytes)[number]>, readonly Change[]> = {
  network: Object.values(networkChanges),
  training: [
    ...Object.values(trainingChanges),
    changed("training.optimizer.learningRate", {
      training: { ...training, optimizer: { kind: "sgd", learningRate: 0.06 } },
    }),
  ],
  encoding: [
    changed("encoding.kind", { encoding: { kind: "float16" } }),
    changed("encoding.kind", { encoding: { kind: "top-k", share: 0.5 } }),
  ],
  downlink: [changed("downlink", { downlink: "bfloat16" })],
  schedule: [
    changed("schedule.kind", { schedule: { kind: "ou" } }),
    changed("schedule.betaMax", { schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 21, tMin: 1e-3 } }),
  ],
  points: [changed("points (checksum)", { points: points.map((value) => value + 1) })],
  clients: [
    changed("clients", { clients: base.clients.slice(1) }),
    changed("clients[].rows (checksum)", { clients: listed((id) => ({ rows: base.clients[clients - 1 - id].rows })) }),
    // The same rows in the same order, but the first row of client 1 is the last of client 0.
    changed("clients[].rows (checksum)", {
      clients: listed((id) => {
        const [first, ...others] = base.clients[1].rows;
        if (id === 1) return { rows: Uint32Array.from(others) };
        return id === 0 ? { rows: Uint32Array.of(...base.clients[0].rows, first) } : {};
      }),
    }),
    changed("clients[].keepRatio (checksum)", { clients: listed((id) => ({ keepRatio: id === 0 ? 0.5 : 1 })) }),
    changed("clients[].localSteps (checksum)", { clients: listed((id) => (id === 3 ? { localSteps: 5 } : {})) }),
  ],
  maskFamily: [changed("maskFamily.name", { maskFamily: rolling })],
  localSteps: [changed("localSteps", { localSteps: 3 })],
  participation: [changed("participation", { participation: 0.75 })],
  capacityAssignment: [changed("capacityAssignment", { capacityAssignment: "dynamic" })],
  weighting: [changed("weighting", { weighting: "samples" })],
  regions: [changed("regions[0]", { regions: [clients - 1, 1], aggregation: { kind: "mean" }, attack: undefined })],
  nonFinite: [changed("nonFinite", { nonFinite: "drop" })],
  devices: [
    changed("devices.late", { devices: { profiles: [device] } }),
    changed("devices.late", { devices: { profiles: [device], clock: { next: () => ({ seconds: 1 }) } } }),
  ],
  asynchronous: [
    changed("asynchronous.bufferSize", {
      ...{ asynchronous: { bufferSize: 1, concurrency: 2 }, devices: { profiles: [device] }, participation: 1 },
      ...{ aggregation: { kind: "mean" }, attack: undefined },
    }),
  ],
  clientRule: [
    changed("clientRule.kind", { clientRule: { kind: "plain" } }),
    changed("clientRule.mu", { clientRule: { kind: "fedprox", mu: 0.2 } }),
  ],
  aggregation: [
    changed("aggregation.kind", { aggregation: { kind: "mean" } }),
    changed("aggregation.factor", { aggregation: { kind: "norm-clipping", factor: 3 } }),
    changed("aggregation.name", { aggregation: { name: "own", aggregate: () => undefined } }),
  ],
  attack: [
    changed("attack.kind", { attack: undefined }),
    changed("attack.clients", { attack: { kind: "sign-flip", clients: 2 } }),
  ],
  server: [
    changed("server.kind", { server: { kind: "fedyogi" } }),
    changed("server.beta1", { server: { kind: "fedadam", beta1: 0.5 } }),
    changed("server.name", { server: { name: "own", initialState: [0], step() {} } }),
  ],
  ema: [
    changed("ema", { ema: 0.5 }),
    changed("ema.kind", { ema: { kind: "power" } }),
    changed("ema.kind", { ema: { kind: "exponential", decay: 0.5 } }),
  ],
  // Beside privacy there are no attackers; test/federation/client-privacy tells one setting of privacy from another.
  privacy: [
    changed("nonFinite", {
      ...{ nonFinite: "drop", attack: undefined, aggregation: { kind: "mean" }, weighting: "uniform" },
      privacy: { clipNorm: 1, noiseMultiplier: 1 },
    }),
  ],
  seed: [changed("seed", { seed: 8 })],
  initial: [changed("initial (checksum)", { initial: federate().parameters.fill(0.5) })],
};
const all = Object.values(changes).flat();

async function refusalOf(federation: Federation, resumeFrom: Uint8Array): Promise<string> {
  const error: unknown = await federation
    .train({ resumeFrom })
    .next()
    .then(
      () => undefined,
      (reason) => reason,
    );
  expect(error).toMatchObject({
    code: "FEDSCORE_CHECKPOINT",
    message: expect.stringContaining("it is of another run"),
  });
  return String((error as { details?: { key?: unknown } }).details?.key);
}

describe("a checkpoint of a run that differs in one thing", () => {
  it.each(all)("is refused by name: %s", async (key, overrides) => {
    const other = federate(overrides);
    const before = other.parameters;
    const named = await refusalOf(other, federate().checkpoint());
    expect(named).toBe(key);
    expect([other.round, other.parameters]).toEqual([0, before]);
  });

  it.skipIf(variants.length < 2)("is refused by the build of the kernels", async () => {
    const relaxed = createFederation(await createEngine({ variant: "relaxed" }), base);
    expect(await refusalOf(relaxed, federate().checkpoint())).toBe("variant");
  });

  it("there is such a thing for every key of the identity", () => {
    const identity = decodeCheckpoint(federate().checkpoint()).values.identity as RunIdentity;
    const named = new Set(["variant", ...all.map(([key]) => key)]);
    const unnamed = Object.keys(identity).filter((key) => ![...named].some((name) => name.startsWith(key)));
    expect(unnamed).toEqual([]);
    // Also where it has its default: what a key means that is not there changes with the default.
    expect([...named].filter((name) => !Object.keys(identity).some((key) => name.startsWith(key)))).toEqual([]);
  });
});
