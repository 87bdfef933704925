import { FedscoreError } from "../../errors.js";
import type { TableConfig } from "../config/data.js";
import type { ExperimentConfig } from "../config/schema.js";
import { rowsElsewhere } from "../result/rows-elsewhere.js";

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
  if (data.kind === "table") requireOwnTables(config, data, aggregators);
  else if (data.kind !== "clients")
    throw invalid(
      `config.data.kind must be "clients" or "table" where clients hold their own rows, got "${data.kind}"`,
    );
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

/** What of a table needs its rows in one place, and is left out where clients hold them. */
const ofRows = {
  path: "each client joins with its own file",
  clientColumn: "each client has the name that it joins with",
  predict: rowsElsewhere,
  predictFrom: rowsElsewhere,
  train: "each client says how many rows it has",
  heldOut: "each client says by --held-out how many rows it holds out",
} as const;

/** @throws FedscoreError FEDSCORE_INVALID_CONFIG. */
function requireOwnTables({ transforms }: ExperimentConfig, data: TableConfig, aggregators: boolean): void {
  for (const key of Object.keys(ofRows) as (keyof typeof ofRows)[])
    if (data[key] !== undefined)
      throw invalid(`config.data.${key} must be left out where clients hold their own rows: ${ofRows[key]}`);
  if (data.schema === undefined)
    throw invalid(
      "config.data.schema must say the columns of a table whose rows clients hold: run fedscore init table FILE where a client has its rows, and take the schema of the config that it writes",
    );
  if (transforms.length > 0)
    throw invalid(
      "config.transforms must be empty with tables that clients hold: the encoding gives each column mean 0 and variance 1, and sums of products of encoded rows would tell of rare cells",
    );
  if (aggregators) throw invalid('config.data.kind must be "clients" with aggregators, got "table"');
}

/** The config of a run of so many clients. */
export function withClients(config: ExperimentConfig, clients: number): ExperimentConfig {
  return { ...config, federation: { ...config.federation, clients } };
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
