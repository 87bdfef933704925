import { expect, it } from "vitest";
import { planFederation } from "../../../src/federation/devices/plan.js";
import { encodings } from "../../../src/federation/encodings/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { prefix } from "../../../src/pruning/families/prefix.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { smallFederation } from "../support.js";

const engine = await simdEngine();
const profiles = [{ name: "board", flopsPerSecond: 1e9, memoryBytes: 2 ** 30, uplink: 1, downlink: 1 }];

it.each(Object.keys(encodings) as (keyof typeof encodings)[])(
  "planned seconds at one byte a second are the bytes of the round, within 1 %%: %s",
  async (kind) => {
    const options = smallFederation(poolTransport(new InThreadPool(engine)), 1, {
      ...{ network: networkOf({ dimension: 2, hidden: [32, 32], noiseFeatures: 8 }), maskFamily: prefix },
      ...{ encoding: { kind }, devices: { profiles }, rounds: 1 },
    });
    const { virtual } = planFederation(engine, options);
    for await (const { wireBytesDown, wireBytesUp } of createFederation(engine, options).train()) {
      expect(virtual.download).toBe(wireBytesDown);
      expect(Math.abs(virtual.upload / wireBytesUp - 1)).toBeLessThan(kind === "top-k" ? 0.01 : 1e-12);
    }
  },
);
