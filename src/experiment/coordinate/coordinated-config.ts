import { FedscoreError } from "../../errors.js";
import type { ExperimentConfig } from "../config/schema.js";

/** Why what needs rows is missing from the result of a coordinated run. */
export const rowsElsewhere = "the rows are the clients' own, and nobody else sees them";

/** Whether the clients of a config are protected as a whole: of a run nothing may then tell who took part in a round. */
export function protectsClients({ privacy }: Pick<ExperimentConfig, "privacy">): boolean {
  return privacy?.kind === "client";
}

/**
 * A config whose clients hold their own rows.
 * @param aggregators whether some stand for the clients.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG naming the first setting that needs rows in one place.
 */
export function requireCoordinated(config: ExperimentConfig, aggregators: boolean): void {
  const { data, reference, sampling, evaluation, apriori, training, federation } = config;
  if (data.kind !== "clients")
    throw invalid(`config.data.kind must be "clients" where clients hold their own rows, got "${data.kind}"`);
  if (reference.dense) throw invalid(`config.reference.dense must be false: ${rowsElsewhere}`);
  if (training.initialize !== undefined)
    throw invalid("config.training.initialize must be left out: a replay begins with fresh parameters of the seed");
  if (training.earlyStop) throw invalid(`config.training.earlyStop must be left out: ${rowsElsewhere}`);
  if (evaluation.judges) throw invalid(`config.evaluation.judges must be left out: ${rowsElsewhere}`);
  if (training.levels.distribution?.kind === "importance")
    throw invalid(
      `config.training.levels.distribution.kind must not be "importance", which is made of losses at each noise level: ${rowsElsewhere}`,
    );
  if (federation.devices)
    throw invalid("config.federation.devices must be left out: the devices of these clients are real");
  if (aggregators && protectsClients(config))
    throw invalid(
      'config.privacy.kind must not be "client" with aggregators, who would have to be trusted to clip what their clients send',
    );
  if (config.privacy && federation.checkpointEvery !== 1)
    throw invalid(
      `config.federation.checkpointEvery must be 1 beside privacy: clients have seen what came of a round, and one that a resumed run runs again is spent twice, got ${federation.checkpointEvery}`,
    );
  if (apriori) throw invalid(`config.apriori must be left out: ${rowsElsewhere}`);
  if (sampling.grid.kind === "certified")
    throw invalid(`config.sampling.grid.kind must not be "certified", which is made on rows: ${rowsElsewhere}`);
}

/** The config of a run of so many clients. */
export function withClients(config: ExperimentConfig, clients: number): ExperimentConfig {
  return { ...config, federation: { ...config.federation, clients } };
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
