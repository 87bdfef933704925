import { expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import type { LevelDistributionSpec } from "../../src/network/level-distributions/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation } from "./support.js";

const engine = await simdEngine();

/** The loss of a first round with hardly a step, and where it ended. */
async function firstRound(distribution?: LevelDistributionSpec) {
  const levels = { spacing: "time", count: 50, ...(distribution && { distribution }) } as const;
  const training = { batchSize: 4096, optimizer: { kind: "sgd", learningRate: 1e-6 }, levels } as const;
  const options = smallFederation(poolTransport(new InThreadPool(engine)), 4, { rounds: 1, localSteps: 32 });
  const federation = createFederation(engine, { ...options, training });
  let loss = Number.NaN;
  for await (const report of federation.train()) loss = report.loss;
  return { loss, parameters: federation.parameters };
}

it("clients draw levels by the distribution, and their loss is still that of the weighting", async () => {
  const plain = await firstRound();
  expect(await firstRound({ kind: "uniform" })).toEqual(plain);
  const drawn = await firstRound({ kind: "log-normal", mean: -1, deviation: 1, uniform: 0.3 });
  expect(drawn.parameters).not.toEqual(plain.parameters);
  // Over 524,288 rows; without the division it is another loss altogether.
  expect(Math.abs(drawn.loss / plain.loss - 1)).toBeLessThan(0.01);
});
