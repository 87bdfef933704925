import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/instance.js";
import { Purpose } from "../../kernels/purpose.js";
import { normals } from "../../kernels/random.js";
import { expandMask } from "../../pruning/expand.js";
import type { Mask } from "../../pruning/mask.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";
import { type ClientMeasurement, measureClient } from "./measure-client.js";
import { type NetworkObjective, networkOracle } from "./network-oracle.js";

/** What every worker is told once: the objective, and the data of the clients that are measured. */
export interface ProbeSetup extends NetworkObjective {
  readonly id: string;
  readonly clients: readonly { readonly id: number; readonly points: Float32Array }[];
  readonly draws: number;
  readonly powerIterations: number;
}

/** One client at the start of one round. */
export interface ProbeCall {
  readonly setup: string;
  readonly client: number;
  readonly round: number;
  /** float32 [P]. */
  readonly parameters: Float32Array;
  /** null: the client takes no part in the round. */
  readonly mask: Mask | null;
  readonly localSteps: number;
  readonly learningRate: number;
}

const setups = new WeakMap<Engine, Map<string, ProbeSetup>>();

/** Makes a setup known to an engine. */
export const openProbe: WorkerFunction<ProbeSetup, void> = {
  name: "openProbe",
  run(engine, setup) {
    const known = setups.get(engine) ?? new Map<string, ProbeSetup>();
    setups.set(engine, known.set(setup.id, setup));
  },
};

/** Makes an engine forget a setup. */
export const closeProbe: WorkerFunction<string, void> = {
  name: "closeProbe",
  run(engine, id) {
    setups.get(engine)?.delete(id);
  },
};

/** Measures a client. */
export const probeClient: WorkerFunction<ProbeCall, ClientMeasurement> = {
  name: "probeClient",
  run(engine, { setup: id, client, round, parameters, mask, localSteps, learningRate }) {
    const setup = setups.get(engine)?.get(id);
    const data = setup?.clients.find((candidate) => candidate.id === client);
    if (!setup || !data)
      throw new FedscoreError("FEDSCORE_WORKER", `client ${client} was to be probed before its setup`);
    const direction = normals(engine, parameters.length, {
      seed: setup.seed,
      client,
      round,
      purpose: Purpose.probe,
      step: 2,
    });
    return engine.arena.scope(() =>
      measureClient(networkOracle(engine, setup, { client, round, points: data.points }), {
        parameters,
        keep: mask && expandMask(setup.network, mask),
        learningRate,
        localSteps,
        draws: setup.draws,
        powerIterations: setup.powerIterations,
        direction,
      }),
    );
  },
  transfer: ({ gradient, round }) => {
    const vectors = round ? [gradient, round.pruning, round.drift, round.variance] : [gradient];
    return vectors.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
  },
};
