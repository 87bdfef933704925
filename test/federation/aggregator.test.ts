import { describe, expect, it } from "vitest";
import { type AggregationSpec, aggregations, type OwnAggregation } from "../../src/federation/aggregations/index.js";
import { weightedMean } from "../../src/federation/aggregations/weighted-mean.js";
import { mostUpdateBytes } from "../../src/federation/aggregator.js";
import { createFederation } from "../../src/federation/federation.js";
import type { Block } from "../../src/federation/messages.js";
import { replayTransport } from "../../src/federation/replay-transport.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import { layoutOf } from "../../src/network/spec.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { type HeldFederation, smallFederation, type TestTransportOptions, testTransport } from "./support.js";

const engine = await simdEngine();
const clients = 8;

const optionsOf = (overrides: Partial<HeldFederation> = {}, transport: TestTransportOptions = {}) =>
  smallFederation(testTransport(engine, transport), clients, overrides);

async function trained(options: HeldFederation) {
  const federation = createFederation(engine, options);
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return { federation, reports, parameters: federation.parameters, checkpoint: federation.checkpoint() };
}

/** A mean that a caller wrote: of single updates. */
const ownMean: OwnAggregation = {
  name: "mean of single updates",
  aggregate(updates, into) {
    weightedMean(updates, into);
    return undefined;
  },
};

const robust = Object.values(aggregations)
  .map(({ kind }): AggregationSpec => ({ kind }))
  .filter(({ kind }) => kind !== "mean");

/** Half of the clients keep half. */
const halves = (base: HeldFederation) =>
  base.clients.map((client, id) => ({ ...client, keepRatio: id % 2 === 0 ? 1 : 0.5 }));

describe("a mean of single updates", () => {
  it.each(Object.values(maskFamilies))("has the bytes of the mean of blocks: $name", async (maskFamily) => {
    const options = optionsOf({ maskFamily, server: { kind: "fedadam" } });
    const given = { ...options, clients: halves(options) };
    const [sums, single] = [await trained(given), await trained({ ...given, aggregation: ownMean })];
    expect(single.parameters).toEqual(sums.parameters);
    const plain = ({ seconds: _, ...report }: RoundReport) => report;
    expect(single.reports.map(plain)).toEqual(sums.reports.map(plain));
  });

  it("is weighted by the clients' rows, and of encoded updates", async () => {
    const options = optionsOf({ weighting: "samples", encoding: { kind: "float16" } });
    const uneven = options.clients.map((client, id) => ({
      ...client,
      rows: id === 0 ? Uint32Array.of(0, 1, 2, 3, 4, 5) : client.rows,
    }));
    const given = { ...options, clients: uneven };
    const [sums, single] = [await trained(given), await trained({ ...given, aggregation: ownMean })];
    // Blocks round the weighted update to float32, single updates are weighed in float64.
    single.parameters.forEach((value, i) => {
      expect(Math.abs(value - sums.parameters[i])).toBeLessThan(1e-5);
    });
  });
});

describe.each(robust)("a federation with $kind", (aggregation) => {
  it("has the same bytes for any order of arrival and after an interruption, and says what it used", async () => {
    const options = optionsOf({ aggregation, maskFamily: maskFamilies.rolling, rounds: 4 });
    const given = { ...options, clients: halves(options) };
    const straight = await trained(given);
    const backwards = testTransport(engine, {
      arrival: (count) => Array.from({ length: 2 * count }, (_, i) => (2 * count - 1 - i) % count),
    });
    expect((await trained({ ...given, transport: backwards })).checkpoint).toEqual(straight.checkpoint);
    const half = createFederation(engine, given);
    const rounds = half.train();
    await rounds.next();
    await rounds.next();
    const resumeFrom = half.checkpoint();
    await rounds.return();
    const resumed = createFederation(engine, given);
    for await (const _ of resumed.train({ resumeFrom }));
    expect(resumed.checkpoint()).toEqual(straight.checkpoint);
    for (const { shares = [] } of straight.reports) {
      expect(shares.map(({ client }) => client)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(shares.every(({ share }) => share >= 0 && share <= 1)).toBe(true);
    }
  });

  it("asks for each client by itself, with weight 1", async () => {
    const blocks: Block[] = [];
    await trained(optionsOf({ aggregation, rounds: 1 }, { onBlock: (block) => blocks.push(block) }));
    expect(blocks.map((block) => block.clients.map(({ client, weight }) => [client, weight]))).toEqual(
      Array.from({ length: clients }, (_, client) => [[client, 1]]),
    );
  });
});

it("the median of the clients' ends is where the server goes, of those that are finite and answered", async () => {
  const initial = new Float32Array(layoutOf(networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 })).size);
  const start = optionsOf({ aggregation: { kind: "median" }, rounds: 1, localSteps: 1, initial, nonFinite: "drop" });
  const pretend = testTransport(engine);
  // Half way from 0 to client + 1, for the clients 0 to 7.
  expect(new Set((await trained(start)).parameters)).toEqual(new Set([2.25]));
  const away = [{ round: 0, absent: [{ client: 7, reason: "lost" as const }] }];
  const { parameters, reports } = await trained({ ...start, transport: replayTransport(pretend, away) });
  expect(new Set(parameters)).toEqual(new Set([2]));
  expect(reports[0].shares?.map(({ share }) => share)).toEqual([0, 0, 0, 1, 0, 0, 0]);
});

it("a rule whose updates have NaN is not asked: the run ends", async () => {
  const broken = testTransport(engine, {
    tamper: (update) => ({ ...update, sum: update.sum.fill(Number.NaN, 3, 4) }),
  });
  await expect(trained({ ...optionsOf({ aggregation: { kind: "median" } }), transport: broken })).rejects.toMatchObject(
    {
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("has NaN at parameter 3"),
    },
  );
});

describe("a rule of the caller's own", () => {
  it("that gives NaN ends the run, by its name", async () => {
    const aggregation: OwnAggregation = {
      name: "broken",
      aggregate(_, { update, weights }) {
        weights.fill(1);
        update[2] = Number.NaN;
        return undefined;
      },
    };
    await expect(trained(optionsOf({ aggregation }))).rejects.toMatchObject({
      code: "FEDSCORE_NON_FINITE",
      message: "round 0: the aggregation broken gives NaN at parameter 2",
    });
  });

  it("has a share in [0, 1] for each client, or none", async () => {
    const aggregation: OwnAggregation = { name: "odd", aggregate: () => [1, 2] };
    await expect(trained(optionsOf({ aggregation }))).rejects.toThrow(
      "aggregation.aggregate()[1] must lie in [0, 1], got 2",
    );
  });
});

describe("rounds that are too small for a rule", () => {
  const krum = { kind: "krum", attackers: 2 } as const;

  it("are refused where all take part", () => {
    const federate = (overrides: Partial<HeldFederation>) => () => createFederation(engine, optionsOf(overrides));
    expect(federate({ aggregation: krum })).not.toThrow();
    expect(federate({ aggregation: { kind: "krum", attackers: 3 } })).toThrow(
      'aggregation must be one that is defined for the 8 clients of a round: krum takes at least 9, got "krum"',
    );
    expect(federate({ aggregation: krum, participation: 0.75 })).toThrow("for the 6 clients of a round");
    expect(federate({ aggregation: krum, aggregationGoal: 6 })).toThrow(
      "aggregationGoal must be at least the 7 updates that the aggregation krum takes, got 6",
    );
  });

  it("stop the run where clients are absent, and it stays at its last whole round", async () => {
    const absent = [6, 7].map((client) => ({ client, reason: "late" as const }));
    const transport = replayTransport(testTransport(engine), [
      { round: 0, absent: absent.slice(1) },
      { round: 1, absent },
    ]);
    const federation = createFederation(engine, { ...optionsOf({ aggregation: krum }), transport });
    const rounds = federation.train();
    await rounds.next();
    await expect(rounds.next()).rejects.toMatchObject({
      code: "FEDSCORE_TOO_FEW_UPDATES",
      details: { wanted: 7, got: 6 },
    });
    expect(federation.round).toBe(1);
  });
});

it("what cannot keep single updates is refused by the option that wants them", () => {
  const federate = (overrides: Partial<HeldFederation>) => () => createFederation(engine, optionsOf(overrides));
  const regions = [4, 4];
  expect(federate({ regions, aggregation: { kind: "median" } })).toThrow(
    /^aggregation must not need single updates where there are regions/,
  );
  expect(federate({ regions, attack: { kind: "sign-flip", clients: 1 } })).toThrow(
    /^attack must not need single updates .* got "sign-flip"$/,
  );
  expect(federate({ regions, attack: { kind: "data-poisoning", clients: 1 } })).not.toThrow();
  expect(federate({ weighting: "samples", aggregation: { kind: "median" } })).toThrow(
    'weighting must be "uniform" with the aggregation median: all clients count alike in it, got "samples"',
  );
  expect(federate({ weighting: "samples", aggregation: { kind: "geometric-median" } })).not.toThrow();
  const network = networkOf({ dimension: 2, hidden: [9000, 9000], noiseFeatures: 4 });
  const needed = 4 * clients * layoutOf(network).size;
  expect(needed).toBeGreaterThan(mostUpdateBytes);
  expect(federate({ network, aggregation: { kind: "median" } })).toThrow(
    `they would take up to ${needed} bytes, and ${mostUpdateBytes} are allowed`,
  );
});
