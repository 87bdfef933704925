import { expect, it } from "vitest";
import { planFederation } from "../../../src/federation/devices/plan.js";
import { encodings } from "../../../src/federation/encodings/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { prefix } from "../../../src/pruning/families/prefix.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { type HeldFederation, smallFederation } from "../support.js";

const engine = await simdEngine();
const profiles = [{ name: "board", flopsPerSecond: 1, memoryBytes: 2 ** 30, uplink: 1, downlink: 1 }];

const optionsOf = (overrides: Partial<HeldFederation>) =>
  smallFederation(poolTransport(new InThreadPool(engine)), 1, {
    ...{ network: networkOf({ dimension: 2, hidden: [32, 32], noiseFeatures: 8 }), maskFamily: prefix },
    ...{ devices: { profiles }, rounds: 1, ...overrides },
  });

it.each(Object.keys(encodings) as (keyof typeof encodings)[])(
  "planned seconds at one byte and one operation a second are those of the round, within 1 %%: %s",
  async (kind) => {
    const options = optionsOf({ encoding: { kind } });
    const { virtual } = planFederation(engine, options);
    for await (const { wireBytesDown, wireBytesUp, flops } of createFederation(engine, options).train()) {
      expect(virtual.download).toBe(wireBytesDown);
      // The gradient at the network's input, which nobody needs.
      const { network, localSteps, training } = options;
      const spared = 2 * (2 + 8) * 32 * (training?.batchSize ?? Number.NaN) * (localSteps ?? Number.NaN);
      expect(virtual.compute, network.dimension.toString()).toBe(flops + spared);
      expect(Math.abs(virtual.upload / wireBytesUp - 1)).toBeLessThan(kind === "top-k" ? 0.01 : 1e-12);
    }
  },
);

it("control variates take their time too, each way", async () => {
  const options = optionsOf({ clientRule: { kind: "scaffold" }, encoding: { kind: "int8" } });
  const { virtual } = planFederation(engine, options);
  for await (const { wireBytesDown, wireBytesUp } of createFederation(engine, options).train())
    expect([virtual.download, virtual.upload]).toEqual([wireBytesDown, wireBytesUp]);
});
