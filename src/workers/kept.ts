import { FedscoreError, requireMethods, requireObject, requireText } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { requirePool, type WorkerFunction, type WorkerPool } from "./worker-pool.js";

/** What a kind of kept state is called and made by; see `defineKept`. */
export interface KeptDefinition<Setup, State> {
  /** Unique among all that workers know. */
  readonly name: string;
  /** Makes the state from the setup, which is plain data: the same in each worker, and again in one that replaces a lost one. */
  open(engine: Engine, setup: Setup): State;
}

/** What a worker is told to keep, and under which key. */
export interface KeptSetup<Setup> {
  readonly key: string;
  readonly setup: Setup;
}

/** A kind of state that every worker keeps, such as the data of a run, so that calls need not carry it. */
export interface Kept<Setup, State> {
  readonly name: string;
  readonly open: WorkerFunction<KeptSetup<Setup>, void>;
  readonly close: WorkerFunction<string, void>;
  /** What a worker has to know. */
  readonly functions: readonly WorkerFunction<never, unknown>[];
  /** In a worker: what its engine keeps under a key. @throws FedscoreError FEDSCORE_WORKER where that is nothing. */
  stateIn(engine: Engine, key: string): State;
}

/** A kind of state for workers to keep, under a name of its own; the worker must know its `functions`. */
export function defineKept<Setup, State>(definition: KeptDefinition<Setup, State>): Kept<Setup, State> {
  requireMethods("definition", definition, ["open"]);
  requireText("definition.name", definition.name);
  const { name } = definition;
  const keptBy = new WeakMap<Engine, Map<string, () => State>>();
  const open: WorkerFunction<KeptSetup<Setup>, void> = {
    name: `${name}.open`,
    run(engine, { key, setup }) {
      const kept = keptBy.get(engine) ?? new Map<string, () => State>();
      keptBy.set(
        engine,
        kept.set(
          key,
          outcomeOf(() => definition.open(engine, setup)),
        ),
      );
    },
  };
  const close: WorkerFunction<string, void> = {
    name: `${name}.close`,
    run(engine, key) {
      keptBy.get(engine)?.delete(key);
    },
  };
  return {
    name,
    open,
    close,
    functions: [open, close],
    stateIn(engine, key) {
      const state = keptBy.get(engine)?.get(key);
      if (!state) throw new FedscoreError("FEDSCORE_WORKER", `a call for ${key} came before its setup`, { key });
      return state();
    },
  };
}

/** Gives what `make` has made, or throws what it threw: to those who ask for it, and not to others who use the same worker. */
function outcomeOf<State>(make: () => State): () => State {
  try {
    const state = make();
    return () => state;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** What a pool's workers keep until it is closed. */
export interface KeptInPool {
  readonly key: string;
  /** The workers keep it no longer. */
  close(): void;
}

let keys = 0;

/** From now on every worker of the pool, present and future, keeps what the setup describes. */
export function keep<Setup, State>(pool: WorkerPool, kept: Kept<Setup, State>, setup: Setup): KeptInPool {
  const { name, open, close } = requireObject("kept", kept);
  requireText("kept.name", name);
  requireMethods("kept.open", open, ["run"]);
  requireMethods("kept.close", close, ["run"]);
  requirePool(pool);
  const key = `${name}-${++keys}`;
  pool.install(key, { open, close, input: { key, setup } });
  return { key, close: () => pool.uninstall(key) };
}
