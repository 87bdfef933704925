import { expect, it } from "vitest";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { type BlockContext, runBlocks } from "../../src/federation/client-block.js";
import { packRows, rowsOfClient } from "../../src/federation/client-rows.js";
import type { Block, ClientAssignment } from "../../src/federation/messages.js";
import { completeOptions } from "../../src/federation/options.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { levelTable, trainingLevels } from "../../src/network/levels.js";
import { layoutOf } from "../../src/network/spec.js";
import { trainInPlace, trainLocally } from "../../src/network/train-locally.js";
import type { InPlaceTrainingRequest } from "../../src/network/training.js";
import { addBlockSum } from "../../src/pruning/average.js";
import { expandMask } from "../../src/pruning/expand.js";
import { extract, scatter } from "../../src/pruning/extract.js";
import type { Mask } from "../../src/pruning/mask.js";
import { describeEngines } from "../support/engines.js";
import { pretendToTrain, runBlock, smallFederation, testTransport } from "./support.js";

describeEngines("runBlocks", (engineOf) => {
  /** Three clients of real training: a whole network, a smaller one, one with zeros. */
  function scene(overrides: Partial<Omit<BlockContext, "setup">> = {}) {
    const engine = engineOf();
    const given = smallFederation(testTransport(engine), 3);
    const { network, schedule, training, seed } = completeOptions(given);
    const { points, clients } = given;
    const clientRows = packRows(clients);
    const clientRule = { kind: "plain" } as const;
    const setup = { id: "run", seed, network, schedule, training, points, clientRule, clientRows };
    const built = createSchedule(schedule);
    const levels = trainingLevels(engine, built, training.levels);
    const table = levelTable(engine, network, levels, weightings[training.weighting]);
    const context = { engine, setup, levelTable: table, train: trainInPlace, ...overrides };
    const masks: Mask[] = [
      { kind: "full" },
      { kind: "structured", kept: [Uint32Array.of(0, 2, 5), Uint32Array.of(1, 4)] },
      { kind: "unstructured", keep: Uint8Array.from({ length: layoutOf(network).size }, (_, i) => i % 3 && 1) },
    ];
    const assignments = masks.map((mask, client) => ({ client, mask, localSteps: 2 + client, weight: 1 + client }));
    const server = initializeParameters(engine, network, 3);
    const block = (assigned: readonly ClientAssignment[]): Block => ({
      id: "run/6/0",
      setup: "run",
      round: 6,
      block: 0,
      clients: assigned,
      flops: 1,
      nonFinite: "stop",
    });
    return { context, server, assignments, block };
  }

  it("is the sum of what each client's training alone would add, weighted, on what it keeps", () => {
    const { context, server, assignments, block } = scene();
    const { engine, setup } = context;
    const { sum, reports, ...identity } = runBlock(context, server, block(assignments));
    expect(identity).toEqual({ id: "run/6/0", round: 6, block: 0 });
    const expected = new Float64Array(server.length);
    for (const { client, mask, localSteps, weight } of assignments) {
      const rows = [...rowsOfClient(setup.clientRows, client)];
      const submodel = extract(engine, setup.network, server, mask);
      const { losses } = engine.arena.scope(() =>
        trainLocally(engine, {
          ...submodel,
          levelTable: engine.arena.copyIn(context.levelTable),
          points: engine.arena.copyIn(
            Float32Array.from(
              rows.flatMap((row) => [2 * row, 2 * row + 1]),
              (at) => setup.points[at],
            ),
          ),
          settings: setup.training,
          steps: localSteps,
          seed: setup.seed,
          round: 6,
          client,
          ...(mask.kind === "unstructured" && { keep: mask.keep }),
        }),
      );
      expect(reports[client]).toMatchObject({
        client,
        steps: localSteps,
        loss: losses.reduce((a, b) => a + b) / localSteps,
      });
      const local = server.slice();
      scatter(engine, setup.network, submodel.parameters, mask, local);
      expandMask(setup.network, mask).forEach((kept, i) => {
        expected[i] += kept * weight * (local[i] - server[i]);
      });
    }
    expect(sum).toEqual(Float32Array.from(expected));
    expect(sum.some((value) => value !== 0)).toBe(true);
  });

  it("sums a block of one mask in the shape of its submodel: the same numbers, without those of pruned parameters", () => {
    const { context, server, assignments, block } = scene();
    const { network } = context.setup;
    for (const [client, mask] of assignments.map((assignment) => [assignment.client, assignment.mask] as const)) {
      if (mask.kind === "unstructured") continue;
      const clients = [0, 1, 2].map((other) => ({ client: other, mask, localSteps: 2, weight: 1 + client }));
      const { sum } = runBlock(context, server, block(clients));
      const kept = runBlock(context, server, { ...block(clients), commonMask: mask }).sum;
      expect(kept).toEqual(extract(context.engine, network, sum, mask).parameters);
      const spread = new Float64Array(sum.length);
      addBlockSum(network, mask, kept, spread);
      expect(Float32Array.from(spread)).toEqual(sum);
    }
  });

  it("gives blocks that run together the same sums as alone", () => {
    const { context, server, assignments, block } = scene();
    const first = block(assignments);
    const second = { ...first, id: "run/6/1", block: 1, clients: [...assignments].reverse() };
    expect(runBlocks(context, { parameters: server, blocks: [first, second] })).toEqual([
      runBlock(context, server, first),
      runBlock(context, server, second),
    ]);
  });

  it("does the same again, whatever else ran before, and releases all memory", () => {
    const { context, server, assignments, block } = scene();
    const first = runBlock(context, server, block(assignments));
    const { used } = context.engine.arena;
    runBlock(context, server, block([...assignments].reverse()));
    expect(runBlock(context, server, block(assignments))).toEqual(first);
    expect(context.engine.arena.used).toBe(used);
  });

  it("gives smaller clients really less work", () => {
    const { context, server, assignments, block } = scene();
    const [full, structured, unstructured] = runBlock(context, server, block(assignments)).reports.map(
      ({ flops, steps }) => flops / steps,
    );
    expect(structured).toBeLessThan(full);
    expect(unstructured).toBe(full);
  });

  it("keys local randomness by seed, round and client", () => {
    const requests: InPlaceTrainingRequest[] = [];
    const { context, server, assignments, block } = scene({
      train: (engine, request) => {
        requests.push(request);
        return pretendToTrain(engine, request);
      },
    });
    runBlock(context, server, block(assignments));
    expect(requests.map(({ seed, round, client, steps }) => [seed, round, client, steps])).toEqual([
      [7, 6, 0, 2],
      [7, 6, 1, 3],
      [7, 6, 2, 4],
    ]);
  });

  it("reports the mean loss of the steps before the one that broke", () => {
    const train: BlockContext["train"] = (engine, request) => {
      const result = pretendToTrain(engine, request);
      if (request.client !== 2) return result;
      return { ...result, losses: Float64Array.of(1, 4, Number.NaN), nonFiniteStep: 2 };
    };
    const { context, server, assignments, block } = scene({ train });
    const { reports } = runBlock(context, server, { ...block(assignments), nonFinite: "drop" });
    expect(reports[2]).toMatchObject({ client: 2, loss: 2.5, steps: 2, nonFiniteStep: 2 });
  });

  it("leaves out clients whose parameters are not finite, even after the last step", () => {
    const train: BlockContext["train"] = (engine, request) => {
      const result = pretendToTrain(engine, request);
      if (request.client === 1) request.parameters.array[2] = Number.POSITIVE_INFINITY;
      return result;
    };
    const { context, server, assignments, block } = scene({ train });
    const dropped = runBlock(context, server, { ...block(assignments), nonFinite: "drop" });
    expect(dropped.reports.map(({ nonFiniteStep }) => nonFiniteStep)).toEqual([undefined, 2, undefined]);
    expect(dropped.sum).toEqual(runBlock(context, server, block(assignments.filter(({ client }) => client !== 1))).sum);
    const stopped = runBlock(context, server, block(assignments));
    expect(stopped.reports.map(({ client }) => client)).toEqual([0, 1]);
    expect(stopped.sum).toEqual(runBlock(context, server, block(assignments.slice(0, 1))).sum);
  });
});
