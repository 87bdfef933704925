import { configSchema, type ExperimentConfig } from "./schema.js";
import { validated } from "./validated.js";

/**
 * Validates a config and fills in its defaults.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line per problem.
 */
export function parseConfig(value: unknown): ExperimentConfig {
  return validated("config", configSchema, value);
}
