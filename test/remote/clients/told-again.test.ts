import { expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import type { TrainingSetup } from "../../../src/federation/messages.js";
import type { Transport } from "../../../src/federation/transport.js";
import { layoutOf } from "../../../src/network/spec.js";
import { JoinedRun } from "../../../src/remote/clients/joined-run.js";
import { completePolicy } from "../../../src/remote/clients/policy.js";
import { randomIdentity } from "../../../src/remote/protocol.js";
import { openPool } from "../../../src/workers/open-pool.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const at = { place: 0, signal: undefined };
const network = { dimension: 2, sigmaData: 1, hidden: [6] };

/** What a coordinator tells its clients. */
async function setupOf(): Promise<TrainingSetup> {
  const told: TrainingSetup[] = [];
  const transport: Transport = {
    name: "told",
    open: async (setup) => void told.push(setup),
    forget: async () => {},
    async *run() {},
    close: async () => {},
  };
  const options = { network, training: { batchSize: 4 }, rounds: 1, clients: [{ rowCount: 8 }] };
  const rounds = createFederation(engine, { ...options, transport }).train();
  await expect(rounds.next()).rejects.toThrow();
  return told[0];
}

it("trains on when the same setup is told again, and gives the bytes that it gives when it is told once", async () => {
  const pool = await openPool(engine, { workers: 1 });
  try {
    const [setup, session] = [await setupOf(), randomIdentity()];
    const points = Float32Array.from({ length: 16 }, (_, index) => Math.sin(index));
    const side = { engine, pool, session, data: { points, dimension: 2 }, heldOut: undefined };
    const joined = () => new JoinedRun({ ...side, policy: completePolicy({}) });
    const open = { session, setup, client: 0 };
    const parameters = new Float32Array(layoutOf(setup.network).size).fill(0.1);
    const train = { setup: setup.id, network: setup.network, parameters, round: 0, localSteps: 3 };
    const once = joined();
    await once.answer("open", open, at);
    const expected = await once.answer("train", train, at);
    const twice = joined();
    const first = await twice.answer("open", open, at);
    const training = twice.answer("train", train, at);
    expect(await twice.answer("open", structuredClone(open), at)).toEqual(first);
    expect(await training).toEqual(expected);
  } finally {
    await pool.close();
  }
});
