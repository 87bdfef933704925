import { createSchedule } from "../diffusion/schedules/index.js";
import { weightings } from "../diffusion/weightings/index.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/instance.js";
import { levelTable, trainingTimes } from "../network/levels.js";
import { trainLocally } from "../network/train-locally.js";
import { type BlockContext, runBlock } from "./client-block.js";
import type { BlockTask, BlockUpdate, TrainingSetup } from "./messages.js";
import type { WorkerFunction } from "./worker-pool.js";

/** Where blocks run: the setups that an engine knows, by id. */
const contexts = new WeakMap<Engine, Map<string, BlockContext>>();

function contextsOf(engine: Engine): Map<string, BlockContext> {
  const known = contexts.get(engine) ?? new Map<string, BlockContext>();
  contexts.set(engine, known);
  return known;
}

/** Makes a setup known to an engine. */
export const openTraining: WorkerFunction<TrainingSetup, void> = {
  name: "openTraining",
  run(engine, setup) {
    const { network, schedule: scheduleSpec, training } = setup;
    const schedule = createSchedule(scheduleSpec);
    const times = trainingTimes(schedule, training.levels);
    const table = levelTable(engine, network, schedule, times, weightings[training.weighting]);
    contextsOf(engine).set(setup.id, { engine, setup, levelTable: table, train: trainLocally });
  },
};

/** Makes an engine forget a setup. */
export const closeTraining: WorkerFunction<string, void> = {
  name: "closeTraining",
  run(engine, id) {
    contextsOf(engine).delete(id);
  },
};

/** Trains the clients of a block. */
export const trainBlock: WorkerFunction<BlockTask, BlockUpdate> = {
  name: "trainBlock",
  run(engine, task) {
    const context = contextsOf(engine).get(task.setup);
    if (!context) throw new FedscoreError("FEDSCORE_WORKER", `block ${task.id} came before the setup ${task.setup}`);
    return runBlock(context, task);
  },
  transfer: ({ sum }) => (sum.buffer instanceof ArrayBuffer ? [sum.buffer] : []),
};
