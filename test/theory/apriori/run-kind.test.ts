import { expect, it } from "vitest";
import { aggregations } from "../../../src/federation/aggregations/index.js";
import { attacks } from "../../../src/federation/attacks/index.js";
import { clientRules } from "../../../src/federation/client-rules/index.js";
import { encodings } from "../../../src/federation/encodings/index.js";
import { serverOptimizers } from "../../../src/federation/server-optimizers/index.js";
import { trainingKindOf } from "../../../src/theory/apriori/run-kind.js";
import { specsOf } from "../../support/specs.js";

const rows = Uint32Array.of(0);
const training = {
  batchSize: 8,
  optimizer: { kind: "sgd", learningRate: 0.1 },
  weighting: "certificate",
  levels: { spacing: "time", count: 10 },
} as const;
const plain = {
  training,
  server: { kind: "fedavg", learningRate: 1 },
  weighting: "uniform",
  clients: [1, 0.5, 0.5].map((keepRatio) => ({ rows, keepRatio })),
  localSteps: 4,
} as const;

/** Every member of the families that decide what clients and server do, with its defaults. */
const strategies = [
  ...specsOf(clientRules).map((spec) => ({ family: "client rules", spec, options: { clientRule: spec } })),
  { family: "client rules", spec: { kind: "fedprox", mu: 0 }, options: { clientRule: { kind: "fedprox", mu: 0 } } },
  ...specsOf(serverOptimizers).map((spec) => ({ family: "server rules", spec, options: { server: spec } })),
  ...specsOf(encodings).map((spec) => ({ family: "encodings", spec, options: { encoding: spec } })),
] as const;

/** Whether docs/federation.md says that the score term holds. */
const isCovered = ({ kind, ...settings }: { readonly kind: string }) =>
  ["plain", "fednova", "fedavg", "float32"].includes(kind) || ("mu" in settings && settings.mu === 0);

it("is plain for plain options; capacities and their assignment do not matter to the theorem", () => {
  expect(trainingKindOf(plain)).toEqual({ optimizer: "sgd", server: "fedavg", ownSteps: [] });
});

it("names what the theorem does not cover", () => {
  expect(trainingKindOf({ ...plain, training: { ...training, clipNorm: 2 } }).optimizer).toBe(
    "sgd with gradients clipped to 2",
  );
  for (const { kind } of Object.values(clientRules)) {
    const keeps = kind === "plain" || kind === "fednova";
    const optimizer = keeps ? "sgd" : `sgd with gradients changed by the client rule ${kind}`;
    expect(trainingKindOf({ ...plain, clientRule: { kind } }).optimizer).toBe(optimizer);
  }
  const clippedProx = { ...plain, training: { ...training, clipNorm: 2 }, clientRule: { kind: "fedprox" } } as const;
  expect(trainingKindOf(clippedProx).optimizer).toBe(
    "sgd with gradients changed by the client rule fedprox and clipped to 2",
  );
  const rate = { kind: "cosine", rounds: 9 } as const;
  expect(trainingKindOf({ ...plain, training: { ...training, rate } }).optimizer).toBe(
    "sgd of a learning rate that changes",
  );
  const warm = { kind: "constant", warmup: 1 } as const;
  expect(trainingKindOf({ ...plain, training: { ...training, rate: warm, clipNorm: 2 } }).optimizer).toBe(
    "sgd of a learning rate that changes with gradients clipped to 2",
  );
  expect(trainingKindOf({ ...plain, training: { ...training, rate: { kind: "constant" } } }).optimizer).toBe("sgd");
  const momentum = { kind: "momentum", learningRate: 0.1, momentum: 0.9 } as const;
  expect(trainingKindOf({ ...plain, training: { ...training, optimizer: momentum } }).optimizer).toBe("momentum");
  expect(trainingKindOf({ ...plain, server: { kind: "fedavg", learningRate: 0.5 } }).server).toBe(
    "fedavg with learning rate 0.5",
  );
  expect(trainingKindOf({ ...plain, server: { kind: "fedavgm", learningRate: 1, momentum: 0 } }).server).toBe(
    "fedavgm",
  );
  expect(trainingKindOf({ ...plain, server: { kind: "fedavg" } }).server).toBe("fedavg");
  expect(trainingKindOf({ ...plain, weighting: "samples" }).server).toBe("fedavg with weights by the number of rows");
  for (const { kind } of Object.values(aggregations)) {
    const server = kind === "mean" ? "fedavg" : `fedavg of updates aggregated by ${kind}`;
    expect(trainingKindOf({ ...plain, aggregation: { kind } }).server).toBe(server);
  }
  const own = { name: "mine", aggregate: () => undefined };
  expect(trainingKindOf({ ...plain, aggregation: own }).server).toBe(
    "fedavg of updates that mine, a rule of the caller's own, aggregates",
  );
  for (const { kind } of Object.values(attacks)) {
    const server = `fedavg of updates under the attack ${kind}`;
    expect(trainingKindOf({ ...plain, attack: { kind, clients: 1 } }).server).toBe(server);
  }
  for (const { kind } of Object.values(encodings)) {
    const server = kind === "float32" ? "fedavg" : `fedavg of updates that were encoded as ${kind}`;
    expect(trainingKindOf({ ...plain, encoding: { kind } }).server).toBe(server);
  }
  expect(trainingKindOf({ ...plain, encoding: { kind: "int8" }, downlink: "bfloat16" }).server).toBe(
    "fedavg of updates that were encoded as int8 of clients that start at parameters sent as bfloat16",
  );
  expect(trainingKindOf({ ...plain, ema: 0.99 }).movingAverage).toBe("decay 0.99");
  expect(trainingKindOf({ ...plain, ema: { kind: "exponential", decay: 0.9 } }).movingAverage).toBe("decay 0.9");
  expect(trainingKindOf({ ...plain, ema: { kind: "power" } }).movingAverage).toBe("relative length 0.1");
  const clients = [
    { rows, keepRatio: 1 },
    { rows, keepRatio: 1, localSteps: 7 },
    { rows, keepRatio: 1, localSteps: 4 },
  ];
  expect(trainingKindOf({ ...plain, clients }).ownSteps).toEqual([{ client: 1, localSteps: 7 }]);
});

it.each(strategies)(
  "of the family of $family, $spec.kind is covered by the theorem, or is named where it is not",
  ({ options, spec }) => {
    const unequal = [plain.clients[0], { ...plain.clients[1], localSteps: 7 }];
    for (const clients of [plain.clients, unequal]) {
      const { optimizer, server, ownSteps } = trainingKindOf({ ...plain, clients, ...options });
      const covered = optimizer === "sgd" && server === "fedavg";
      expect(covered).toBe(isCovered(spec) && !(spec.kind === "fednova" && clients === unequal));
      if (!covered) expect(`${optimizer} ${server}`).toContain(spec.kind);
      expect(ownSteps).toHaveLength(clients === unequal ? 1 : 0);
    }
  },
);
