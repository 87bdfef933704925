import { createSchedule } from "../diffusion/schedules/index.js";
import { weightings } from "../diffusion/weightings/index.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/instance.js";
import { levelTable, trainingLevels } from "../network/levels.js";
import { trainInPlace } from "../network/train-locally.js";
import type { WorkerFunction } from "../workers/worker-pool.js";
import { type BlockContext, runBlocks } from "./client-block.js";
import type { Block, BlockUpdate, TrainingSetup } from "./messages.js";

/** What an engine was told: setups by id, and the server's parameters of rounds by the key they were sent under. */
interface Known {
  readonly contexts: Map<string, BlockContext>;
  readonly parameters: Map<string, Float32Array>;
}

const knownTo = new WeakMap<Engine, Known>();

function knownOf(engine: Engine): Known {
  const known = knownTo.get(engine) ?? { contexts: new Map(), parameters: new Map() };
  knownTo.set(engine, known);
  return known;
}

/** Makes a setup known to an engine. */
export const openTraining: WorkerFunction<TrainingSetup, void> = {
  name: "openTraining",
  run(engine, setup) {
    const { network, schedule: scheduleSpec, training } = setup;
    const schedule = createSchedule(scheduleSpec);
    const levels = trainingLevels(engine, schedule, training.levels);
    const table = levelTable(engine, network, levels, weightings[training.weighting]);
    knownOf(engine).contexts.set(setup.id, { engine, setup, levelTable: table, train: trainInPlace });
  },
};

/** Makes an engine forget a setup. */
export const closeTraining: WorkerFunction<string, void> = {
  name: "closeTraining",
  run(engine, id) {
    knownOf(engine).contexts.delete(id);
  },
};

/** The server's parameters of a round, which all of its blocks share. */
export interface RoundParameters {
  readonly key: string;
  /** float32 [P]. */
  readonly parameters: Float32Array;
}

/** Makes a round's parameters known to an engine. */
export const openRound: WorkerFunction<RoundParameters, void> = {
  name: "openRound",
  run(engine, { key, parameters }) {
    knownOf(engine).parameters.set(key, parameters);
  },
};

/** Makes an engine forget a round's parameters. */
export const closeRound: WorkerFunction<string, void> = {
  name: "closeRound",
  run(engine, key) {
    knownOf(engine).parameters.delete(key);
  },
};

/** Blocks of one setup and one round, whose parameters were sent before. */
export interface BlocksCall {
  readonly setup: string;
  /** Key of the round's parameters. */
  readonly parametersKey: string;
  readonly blocks: readonly Block[];
}

/** Trains the clients of some blocks; one update a block. */
export const trainBlocks: WorkerFunction<BlocksCall, BlockUpdate[]> = {
  name: "trainBlocks",
  run(engine, { setup, parametersKey, blocks }) {
    const known = knownOf(engine);
    const [context, parameters] = [known.contexts.get(setup), known.parameters.get(parametersKey)];
    if (!context || !parameters) {
      throw new FedscoreError("FEDSCORE_WORKER", `blocks of ${setup} came before their setup and parameters`);
    }
    return runBlocks(context, parameters, blocks);
  },
  transfer: (updates) => updates.flatMap(({ sum }) => (sum.buffer instanceof ArrayBuffer ? [sum.buffer] : [])),
};
