import { requireMethods, requireObject } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { defineKept, type Kept, type KeptDefinition, keep } from "./kept.js";
import type { CallOptions, WorkerFunction, WorkerPool } from "./worker-pool.js";

/** What a task is called, what it keeps and what it answers; see `defineTask`. */
export interface TaskDefinition<Setup, State, Input, Output> extends KeptDefinition<Setup, State> {
  /** Pure: a lost worker's calls are run again. */
  run(engine: Engine, state: State, input: Input): Output;
  /** Buffers of the output that are moved to the caller instead of copied. */
  transfer?(output: Output): ArrayBuffer[];
}

/** An input for what is kept under a key. */
export interface TaskCall<Input> {
  readonly key: string;
  readonly input: Input;
}

/** Calls to a state that every worker keeps. Workers know the tasks that src/worker-functions.ts lists. */
export interface Task<Setup, State, Input, Output> {
  readonly kept: Kept<Setup, State>;
  readonly call: WorkerFunction<TaskCall<Input>, Output>;
  /** What a worker has to know. */
  readonly functions: readonly WorkerFunction<never, unknown>[];
}

/** A task for workers, under a name of its own; the worker must know its `functions`. */
export function defineTask<Setup, State, Input, Output>(
  definition: TaskDefinition<Setup, State, Input, Output>,
): Task<Setup, State, Input, Output> {
  requireMethods("definition", definition, ["open", "run"]);
  const kept = defineKept<Setup, State>(definition);
  const { name, transfer } = definition;
  const call: WorkerFunction<TaskCall<Input>, Output> = {
    name,
    run: (engine, { key, input }) => definition.run(engine, kept.stateIn(engine, key), input),
    ...(transfer && { transfer }),
  };
  return { kept, call, functions: [...kept.functions, call] };
}

/** A task of a pool, from its setup to its close. */
export interface Held<Input, Output> {
  /** See WorkerPool.call. */
  call(input: Input, options?: CallOptions): Promise<Output>;
  /** Workers need its state no more. */
  close(): void;
}

/** From now on every worker of the pool, present and future, keeps the task's state for this setup and answers calls to it. */
export function hold<Setup, State, Input, Output>(
  pool: WorkerPool,
  task: Task<Setup, State, Input, Output>,
  setup: Setup,
): Held<Input, Output> {
  const { kept, call } = requireObject("task", task);
  requireMethods("task.call", call, ["run"]);
  const { key, close } = keep(pool, kept, setup);
  return { call: (input, options) => pool.call(call, { key, input }, options), close };
}
