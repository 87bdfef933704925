import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import type { ClientOutcome } from "../../federation/block-fold.js";
import { foldClients } from "../../federation/fold-clients.js";
import type { AbsentClient, RoundTask, TrainingSetup } from "../../federation/messages.js";
import type { Transport } from "../../federation/transport.js";
import { createEngine } from "../../kernels/index.js";
import { sha256 } from "../../sha256.js";
import { parseConfig } from "../config/parse.js";
import type { ExperimentConfig } from "../config/schema.js";
import { fileNames } from "../files/names.js";
import { LoggedUpdates } from "../files/updates-log.js";
import { finishedResult } from "../folder/held-result.js";
import { aggregatorsOf, readClients } from "./clients-file.js";
import { protectsClients } from "./coordinated-config.js";
import { coordinatedFederation, prepareClients } from "./prepare-clients.js";

/** What a replay came to. */
export interface Replay {
  readonly rounds: number;
  /** SHA-256 of the model's parameters, as the replay has them and as the result says. */
  readonly parameters: string;
  readonly expected: string;
}

/**
 * Runs a coordinated run again from what its clients had answered, without clients, and compares the model's parameters.
 * @param folder of the run: result.json, clients.json and updates.bin.
 * @throws FedscoreError FEDSCORE_FILE where one of them is missing or does not have an update that was folded.
 */
export async function replayRun(folder: string, onRound: (done: number, rounds: number) => void): Promise<Replay> {
  const result = finishedResult(folder);
  if (!result.remote) {
    const message = `${folder} holds no run of clients with rows of their own: the same config and seed give a run's bytes again`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { folder });
  }
  const { training } = result;
  const config = parseConfig(result.config);
  if (protectsClients(config)) {
    const message = `${folder} holds a run that protects its clients: their updates and who gave them are kept nowhere, so that it cannot be replayed`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { folder });
  }
  const { deadline: _deadline, aggregationGoal: _goal, ...settings } = config.federation;
  const open: ExperimentConfig = { ...config, federation: settings };
  const engine = await createEngine({ variant: result.environment.variant });
  const clients = readClients(folder);
  if (aggregatorsOf(clients)) {
    const message = `${folder} holds a run with aggregators, which alone see the updates of their clients: it cannot be replayed`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { folder });
  }
  const prepared = prepareClients(engine, open, clients);
  const absences = training.perRound.map(({ absent }) => absent);
  const transport = loggedTransport(new LoggedUpdates(join(folder, fileNames.updates)), absences);
  const federation = coordinatedFederation(engine, open, prepared, transport, undefined);
  for await (const { round } of federation.train()) onRound(round + 1, training.rounds);
  const parameters = sha256(federation.samplingParameters);
  return { rounds: training.rounds, parameters, expected: result.checksums.parameters };
}

/** Answers as the clients of a run had answered. */
function loggedTransport(updates: LoggedUpdates, absences: readonly (readonly AbsentClient[])[]): Transport {
  let setup: TrainingSetup | undefined;
  return {
    name: "updates that were kept",
    async open(given) {
      setup = given;
    },
    async forget() {},
    async *run({ parameters, blocks }: RoundTask) {
      if (!setup) throw new FedscoreError("FEDSCORE_WORKER", "blocks came before their setup");
      for (const block of blocks) {
        const absent = new Map(absences[block.round].map((each) => [each.client, each]));
        const outcomes = block.clients.map(({ client }): ClientOutcome => {
          const missing = absent.get(client);
          return missing ? { absent: missing } : updates.get(block.round, client);
        });
        yield foldClients(setup, parameters, block, outcomes);
      }
    },
    async close() {},
  };
}
