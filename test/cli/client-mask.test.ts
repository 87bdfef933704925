import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientMask } from "../../src/cli/client-mask.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { participantCount, selectParticipants } from "../../src/federation/participation.js";
import { loadModel } from "../../src/model/load-model.js";
import { createMaskFamily } from "../../src/pruning/families/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { temporaryFolder } from "./support.js";

const engine = await simdEngine();
const { path: folder, remove } = temporaryFolder();
const capacities = [1, 0.5, 0.25];
const [clients, rounds, participation] = [5, 3, 0.6];

const config = {
  name: "masked",
  data: { kind: "ring", train: 100, heldOut: 20 },
  network: { hidden: [8, 8], noiseFeatures: 2 },
  training: { rounds, localSteps: 1, batchSize: 8, levels: { count: 4 } },
  federation: { clients, capacities, participation, capacityAssignment: "dynamic" },
  pruning: { family: "coverage" },
  sampling: { grid: { kind: "uniform-log-snr", steps: 2 }, count: 10 },
  evaluation: { divergences: [] },
  certificate: false,
} satisfies ConfigInput;

beforeAll(async () => {
  await runExperiment(config, { variant: "simd", pool: new InThreadPool(engine), out: folder });
});
afterAll(remove);

describe("the mask of a client", () => {
  const model = () => loadModel(engine, readFileSync(join(folder, "model.safetensors")), "model.safetensors");

  it("is that which its family gives it among all who take part in the round", () => {
    const { network: spec, parameters, seed } = model();
    const family = createMaskFamily({ kind: "coverage" });
    for (let client = 0; client < clients; client++) {
      const askedIn = (round: number) => selectParticipants(engine, clients, participation, seed, round);
      let round = rounds;
      while (!askedIn(round).includes(client)) round++;
      const asked = Array.from(askedIn(round), (id) => {
        return { id, keepRatio: capacities[((id + round) % clients) % capacities.length] };
      });
      expect(asked.length).toBe(participantCount(clients, participation));
      const masks = family.assign({ engine, spec, parameters, seed, round, clients: asked });
      const own = masks[asked.findIndex(({ id }) => id === client)];
      expect(clientMask(engine, model(), folder, { client })).toEqual(own);
    }
  });

  it("of another capacity is among the same others", () => {
    const mask = clientMask(engine, model(), folder, { client: 2, capacity: 0.75 });
    expect(mask.kind === "structured" && mask.kept.map(({ length }) => length)).toEqual([6, 6]);
  });

  it("of a capacity alone needs no run", () => {
    const mask = clientMask(engine, model(), "nowhere", { capacity: 0.5, masks: "prefix" });
    expect(mask).toEqual({ kind: "structured", kept: [Uint32Array.of(0, 1, 2, 3), Uint32Array.of(0, 1, 2, 3)] });
  });
});
