/** Strategies of a federation where clients hold their own rows, with a real server between them, beside the same where one machine has all rows. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AggregationSpec, aggregations } from "../../../src/federation/aggregations/index.js";
import type { Transport } from "../../../src/federation/transport.js";
import { createEngine } from "../../../src/kernels/index.js";
import { completeNetwork, layoutOf } from "../../../src/network/spec.js";
import { maskFamilies } from "../../../src/pruning/families/index.js";
import { noServer, skipped } from "../../support/nats-server.js";
import { PuppetClient } from "../../support/puppet-client.js";
import { RemoteFederation, remoteNetwork } from "../../support/remote-federation.js";

const engine = await createEngine({ variant: "simd" });

/** Enough for Krum with one attacker. */
const keepRatios = [1, 0.5, 1, 0.5, 1];
const clients = [...keepRatios.keys()];

describe.skipIf(noServer !== undefined)(`strategies by a server${skipped}`, () => {
  let federation: RemoteFederation;
  beforeAll(async () => {
    federation = await RemoteFederation.start(engine, keepRatios);
  });
  afterAll(() => federation.remove());

  async function expectSameBytes(kind: keyof typeof aggregations) {
    federation.join(...clients);
    const options = { aggregation: { kind } };
    const { transport, ...there } = await federation.remote(options);
    expect(there).toEqual(await federation.local(options));
    expect(transport.refused).toEqual([]);
  }
  const kinds = Object.keys(aggregations) as (keyof typeof aggregations)[];
  const bytesUnder = "gives the bytes and reports of one machine under the aggregation %s";
  it.each(kinds.slice(0, 2))(bytesUnder, expectSameBytes);
  it.each(kinds.slice(2))(bytesUnder, { tags: ["slow"] }, expectSameBytes);

  it("stands an attacker where the aggregation is robust, and does not where it is the mean", async () => {
    const [attacker, ...honest] = clients;
    await federation.leave(attacker);
    federation.join(...honest);
    const puppet = await PuppetClient.start(
      { server: federation.server.url },
      federation.nameOf(attacker),
      ({ message, round, parameters }) => {
        const local = parameters.map((value) => value - 10);
        return puppet.answer(message, { round, local, loss: 1, steps: 3, flops: 1 });
      },
    );
    const farthest = async (aggregation: AggregationSpec) => {
      const { parameters, reports, transport } = await federation.remote({ aggregation });
      expect(reports.map((report) => report.clients.length)).toEqual([5, 5]);
      expect(transport.refused).toEqual([]);
      return parameters.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    };
    try {
      // Three Adam steps a round move an honest parameter by hardly more than 0.006.
      expect(await farthest({ kind: "mean" })).toBeGreaterThan(3);
      for (const aggregation of [{ kind: "median" }, { kind: "krum", attackers: 1 }] as const)
        expect(await farthest(aggregation)).toBeLessThan(2);
    } finally {
      await puppet.close();
    }
  });

  describe("control variates", () => {
    const options = { clientRule: { kind: "scaffold" }, rounds: 4 } as const;

    it.each(["prefix", "rolling", "magnitude-unstructured"] as const)(
      "give the bytes and reports of one machine, with masks of the family %s",
      async (family) => {
        federation.join(...clients);
        const masked = { ...options, maskFamily: maskFamilies[family], participation: 0.8 };
        const { transport, ...there } = await federation.remote(masked);
        expect(there).toEqual(await federation.local(masked));
        expect(transport.refused).toEqual([]);
        const plain = await federation.local({ ...masked, clientRule: { kind: "plain" } });
        expect(there.parameters).not.toEqual(plain.parameters);
        for (const [round, { wireBytesUp, bytesUp }] of there.reports.entries())
          expect([wireBytesUp, bytesUp]).toEqual(Array(2).fill(2 * plain.reports[round].bytesUp));
      },
    );

    it("stay with their clients, and go to one that was started again", async () => {
      federation.join(...clients);
      const down: number[] = [];
      const trained = await federation.remote(options, {}, async ({ round }, { bytes }) => {
        down.push(bytes.down);
        if (round !== 1) return;
        await federation.leave(2);
        federation.join(2);
      });
      const { parameters, reports } = await federation.local(options);
      expect(trained.parameters).toEqual(parameters);
      expect(trained.reports).toEqual(reports);
      // Of a whole network; rounds differ by hardly more than the digits of numbers in messages.
      const vector = 4 * parameters.length;
      const sent = [1, 2, 3].map((round) => down[round] - down[round - 1]);
      expect(sent[1] - sent[0]).toBeGreaterThan(vector);
      expect(Math.abs(sent[2] - sent[0])).toBeLessThan(0.5 * vector);
    });

    it("are those of the last round that was averaged, where an update came too late", async () => {
      federation.join(...clients);
      const lost = { client: 1, reason: "lost" } as const;
      /** Drops an update that the client has given. */
      const losing = (transport: Transport): Transport => ({
        ...transport,
        async *run(task, signal) {
          for await (const update of transport.run(task, signal)) {
            const isLost = update.round === 2 && update.reports.some(({ client }) => client === lost.client);
            if (!isLost) yield update;
            else yield { ...update, sum: new Float32Array(0), reports: [], states: [], absent: [lost] };
          }
        },
      });
      const there = await federation.remote({ ...options, rounds: 5 }, {}, undefined, losing);
      const here = await federation.local({ ...options, rounds: 5 }, losing);
      expect(there.parameters).toEqual(here.parameters);
      expect(there.reports[2].absent).toMatchObject([lost]);
      expect(there.reports).toEqual(here.reports);
    });
  });

  describe("clients that are protected", () => {
    const clipNorm = 0.02;
    const privacy = { clipNorm, noiseMultiplier: 1, reproducible: true };
    const options = { privacy, nonFinite: "drop", rounds: 4, participation: 0.6 } as const;

    it.each([
      ["as float32", {}],
      [
        "as int8, with a clipping norm that adapts",
        { encoding: { kind: "int8" }, privacy: { ...privacy, adaptive: {} } },
      ],
      ["per effective step", { clientRule: { kind: "fednova" } }],
    ] as const)("have the bytes and reports of one machine: %s", async (_, more) => {
      federation.join(...clients);
      const { transport, ...there } = await federation.remote({ ...options, ...more });
      expect(there).toEqual(await federation.local({ ...options, ...more }));
      expect(transport.refused).toEqual([]);
    });

    it("change the sum by C at most whatever they send, and by nothing where they send nothing that is an update", async () => {
      await federation.leave(...clients);
      const zeros = new Float32Array(layoutOf(completeNetwork("network", remoteNetwork)).size);
      const told: unknown[] = [];
      const answers: ((values: Float32Array) => object | undefined)[] = [
        (values) => ({ encoded: bytesOf(values.fill(100)) }),
        (values) => ({ encoded: bytesOf(values.fill(Number.NaN, 2, 3)) }),
        (values) => ({ encoded: bytesOf(new Float32Array(values.length + 1)) }),
        (values) => ({ encoded: bytesOf(values), isWithin: 1e9 }),
        () => {
          void puppets[4].close();
          return undefined;
        },
      ];
      const puppets: PuppetClient[] = await Promise.all(
        answers.map((answerOf, client) =>
          PuppetClient.start({ server: federation.server.url }, federation.nameOf(client), (task) => {
            told.push(task.body);
            const answer = answerOf(new Float32Array(task.parameters.length));
            const { round } = task;
            const good = { round, loss: 1, steps: 3, flops: 1, isWithin: true };
            return answer && puppets[client].answer(task.message, { ...good, ...answer });
          }),
        ),
      );
      try {
        // Hardly any noise; all keep the whole network.
        const quiet = { ...options, privacy: { ...privacy, noiseMultiplier: 1e-9 }, participation: 1 };
        const whole = { clients: clients.map(() => ({ rowCount: 20 })), rounds: 1, initial: zeros };
        const { parameters, reports, transport } = await federation.remote({ ...quiet, ...whole }, { lostAfter: 2000 });
        const length = Math.sqrt(parameters.reduce((sum, value) => sum + value * value, 0));
        expect(length * clients.length).toBeLessThan(clipNorm * (1 + 1e-6));
        expect(length * clients.length).toBeGreaterThan(clipNorm * (1 - 1e-6));
        expect(reports).toMatchObject([
          { clients: [], dropped: [], absent: [], privacy: { clipNorm, expectedClients: clients.length } },
        ]);
        expect(told).toEqual(told.map(() => expect.objectContaining({ clipNorm })));
        expect(transport.refused.map(({ sender }) => sender)).toEqual([1, 2, 3].map((n) => federation.nameOf(n)));
      } finally {
        await Promise.all(puppets.map((puppet) => puppet.close()));
      }
    });
  });
});

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}
