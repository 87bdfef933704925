import { FedscoreError } from "../../errors.js";
import { normals, Purpose } from "../../kernels/index.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import type { Mask } from "../../pruning/mask.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { type ClientMeasurement, measureClient } from "./measure-client.js";
import { type NetworkObjective, networkOracle } from "./network-oracle.js";

/** What every worker is told once: the objective, and the data of the clients that are measured. */
export interface ProbeSetup extends NetworkObjective {
  readonly clients: readonly { readonly id: number; readonly points: Float32Array }[];
  readonly draws: number;
  readonly powerIterations: number;
}

/** One client at the start of one round. */
export interface ProbeCall {
  readonly client: number;
  readonly round: number;
  /** float32 [P]. */
  readonly parameters: Float32Array;
  /** null: the client takes no part in the round. */
  readonly mask: Mask | null;
  readonly localSteps: number;
  readonly learningRate: number;
}

/** Measures a client. */
export const probeClient = defineTask({
  name: "probeClient",
  open: (_engine, setup: ProbeSetup) => setup,
  run(engine, setup, { client, round, parameters, mask, localSteps, learningRate }: ProbeCall): ClientMeasurement {
    const data = setup.clients.find(({ id }) => id === client);
    if (!data) throw new FedscoreError("FEDSCORE_WORKER", `client ${client} is not among those that are probed`);
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
        keep: mask && compileMask(setup.network, mask).keep,
        learningRate,
        localSteps,
        draws: setup.draws,
        powerIterations: setup.powerIterations,
        direction,
      }),
    );
  },
  transfer: ({ gradient, round }) =>
    buffersOf(round ? [gradient, round.pruning, round.drift, round.variance] : [gradient]),
});
