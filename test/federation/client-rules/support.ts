import { gatherRows } from "../../../src/data/rows.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { weightings } from "../../../src/diffusion/weightings/index.js";
import type { BlockContext } from "../../../src/federation/client-block.js";
import { packRows, rowsOfClient } from "../../../src/federation/client-rows.js";
import type { ClientControls, ClientRuleSpec } from "../../../src/federation/client-rules/index.js";
import { completeOptions } from "../../../src/federation/options.js";
import type { Engine, Float32Block } from "../../../src/kernels/index.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { levelTable, trainingLevels } from "../../../src/network/levels.js";
import { layoutOf, type NetworkSpec } from "../../../src/network/spec.js";
import { trainInPlace } from "../../../src/network/train-locally.js";
import type { LocalRule } from "../../../src/network/training.js";
import { compileMask } from "../../../src/pruning/compiled-mask.js";
import { extract } from "../../../src/pruning/extract.js";
import { gatherKept } from "../../../src/pruning/kept-entries.js";
import type { Mask } from "../../../src/pruning/mask.js";
import { type HeldSetup, smallFederation, testTransport } from "../support.js";

/** Real training of a small federation's clients, in round 6. */
export function trainingContext(
  engine: Engine,
  clients: number,
  clientRule: ClientRuleSpec,
): BlockContext & { readonly setup: HeldSetup } {
  const given = smallFederation(testTransport(engine), clients);
  const { network, schedule, training, seed } = completeOptions(given);
  const { points } = given;
  const clientRows = packRows(given.clients);
  const setup = { id: "run", seed, network, schedule, training, points, clientRule, clientRows };
  const levels = trainingLevels(engine, createSchedule(schedule), training.levels);
  const table = levelTable(engine, network, levels, weightings[training.weighting]);
  return { engine, setup, levelTable: table, train: trainInPlace };
}

/** Whose round it is in tests of one client. */
export const aClient = { seed: 7, round: 6, client: 0 };

/** A mean control variate and one of a client's own, float32 [length] each. */
export function controlVectors(length: number): { readonly mean: Float32Array; readonly own: Float32Array } {
  return {
    mean: Float32Array.from({ length }, (_, i) => ((i % 5) - 2) / 64),
    own: Float32Array.from({ length }, (_, i) => ((i % 3) - 1) / 32),
  };
}

/** The same where a client with this mask starts, in the current arena scope. */
export function controlsIn(engine: Engine, network: NetworkSpec, mask: Mask): ClientControls {
  const { mean, own } = controlVectors(layoutOf(network).size);
  const shaped = (vector: Float32Array) =>
    engine.arena.copyIn(mask.kind === "structured" ? gatherKept(compileMask(network, mask), vector) : vector);
  return { mean: shaped(mean), own: shaped(own) };
}

export const serverParameters = (engine: Engine, { setup: { network } }: BlockContext): Float32Array =>
  initializeParameters(engine, network, 3);

/** What client 0 makes of its submodel in round 6 by `steps` steps of its training alone, under a rule of a test's own. */
export function trainAlone(
  engine: Engine,
  mask: Mask,
  steps: number,
  begin: (start: Float32Block) => LocalRule | undefined,
): { readonly start: Float32Array; readonly local: Float32Array } {
  const context = trainingContext(engine, 1, { kind: "plain" });
  const { setup } = context;
  const { spec, parameters: start } = extract(engine, setup.network, serverParameters(engine, context), mask);
  const { arena } = engine;
  return arena.scope(() => {
    const parameters = arena.copyIn(start);
    trainInPlace(engine, {
      spec,
      parameters,
      levelTable: arena.copyIn(context.levelTable),
      points: arena.copyIn(gatherRows(setup.points, setup.network.dimension, rowsOfClient(setup.clientRows, 0))),
      settings: setup.training,
      steps,
      seed: setup.seed,
      round: 6,
      client: 0,
      rule: begin(arena.copyIn(start)),
      ...(mask.kind === "unstructured" && { keep: mask.keep }),
    });
    return { start, local: parameters.array.slice() };
  });
}
