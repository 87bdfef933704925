/** Strategies of a federation where clients hold their own rows, with a real server between them, beside the same where one machine has all rows. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AggregationSpec, aggregations } from "../../../src/federation/aggregations/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { noServer, skipped } from "../../support/nats-server.js";
import { PuppetClient } from "../../support/puppet-client.js";
import { RemoteFederation } from "../../support/remote-federation.js";

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

  it.each(Object.keys(aggregations) as (keyof typeof aggregations)[])(
    "gives the bytes and reports of one machine under the aggregation %s",
    async (kind) => {
      federation.join(...clients);
      const options = { aggregation: { kind } };
      const { transport, ...there } = await federation.remote(options);
      expect(there).toEqual(await federation.local(options));
      expect(transport.refused).toEqual([]);
    },
  );

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
});
