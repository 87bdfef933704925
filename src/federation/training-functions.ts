import { createSchedule } from "../diffusion/schedules/index.js";
import { weightings } from "../diffusion/weightings/index.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/instance.js";
import { levelTable, trainingLevels } from "../network/levels.js";
import { trainLocally } from "../network/train-locally.js";
import { type BlockContext, runBlock } from "./client-block.js";
import type { BlockTask, BlockUpdate, TrainingSetup } from "./messages.js";
import type { WorkerFunction } from "./worker-pool.js";

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
    knownOf(engine).contexts.set(setup.id, { engine, setup, levelTable: table, train: trainLocally });
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

/** A block of a round whose parameters were sent before. */
export interface BlockCall extends Omit<BlockTask, "parameters"> {
  /** Key of the round's parameters. */
  readonly parametersKey: string;
}

/** Trains the clients of a block. */
export const trainBlock: WorkerFunction<BlockCall, BlockUpdate> = {
  name: "trainBlock",
  run(engine, { parametersKey, ...block }) {
    const known = knownOf(engine);
    const [context, parameters] = [known.contexts.get(block.setup), known.parameters.get(parametersKey)];
    if (!context || !parameters) {
      throw new FedscoreError("FEDSCORE_WORKER", `block ${block.id} came before its setup and its parameters`);
    }
    return runBlock(context, { ...block, parameters });
  },
  transfer: ({ sum }) => (sum.buffer instanceof ArrayBuffer ? [sum.buffer] : []),
};
