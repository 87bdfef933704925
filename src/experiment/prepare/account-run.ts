import type { Engine } from "../../kernels/index.js";
import { areClientsOwn } from "../config/own-rows.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { RunInput } from "../input.js";
import { createPrunedFederation } from "./federations.js";
import { nowhere } from "./nowhere.js";
import { prepareRun } from "./prepare-run.js";
import { type PrivacyAccount, privacyAccount } from "./privacy-account.js";

/**
 * What the rounds of a config spend of privacy, without training; undefined where it has none.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG where the run would be refused: nothing is said of what could not be kept.
 */
export async function accountRun(
  engine: Engine,
  config: ExperimentConfig,
  input: RunInput,
): Promise<PrivacyAccount | undefined> {
  if (areClientsOwn(config.data) && config.privacy?.kind === "client") return privacyAccount(engine, config, []);
  const prepared = await prepareRun(engine, config, input, undefined);
  createPrunedFederation(engine, config, prepared, nowhere);
  return privacyAccount(engine, config, prepared.rowCounts);
}
