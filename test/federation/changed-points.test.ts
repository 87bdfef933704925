import { describe, expect, it } from "vitest";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation } from "./support.js";

const engine = await simdEngine();

function federate() {
  const options = smallFederation(poolTransport(new InThreadPool(engine)), 3, { rounds: 3, weighting: "samples" });
  return { run: createFederation(engine, options), options };
}

async function finish(run: Federation, onRound: () => void = () => {}): Promise<Float32Array> {
  for await (const _ of run.train({ onRound })) {
  }
  return run.parameters;
}

describe("points of the caller", () => {
  it("are refused where they changed or were detached after the federation was created", async () => {
    const changed = federate();
    changed.options.points[3] += 1;
    const refusal = {
      code: "FEDSCORE_INVALID_ARGUMENT",
      message: expect.stringMatching(/^points must stay what they were/),
    };
    await expect(changed.run.train().next()).rejects.toMatchObject(refusal);
    const detached = federate();
    structuredClone(detached.options.points, { transfer: [detached.options.points.buffer as ArrayBuffer] });
    await expect(detached.run.train().next()).rejects.toMatchObject(refusal);
  });

  it("and their lists of rows may go elsewhere while rounds run", async () => {
    const expected = await finish(federate().run);
    const { run, options } = federate();
    const trained = await finish(run, () => {
      options.points.fill(7);
      for (const { rows } of options.clients) {
        if (rows.length > 0) structuredClone(rows, { transfer: [rows.buffer as ArrayBuffer] });
      }
    });
    expect(trained).toEqual(expected);
  });
});
