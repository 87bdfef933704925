import { FedscoreError } from "../../errors.js";
import { describeProblems, type ObjectSchema } from "./problems.js";
import { configJsonSchema, configSchema, type ExperimentConfig } from "./schema.js";

/**
 * Validates a config and fills in its defaults.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line per problem: `config.federation.capacities[2] must lie in (0, 1], got 1.2`.
 */
export function parseConfig(value: unknown): ExperimentConfig {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = describeProblems("config", value, parsed.error.issues, configJsonSchema() as ObjectSchema);
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", problems.join("\n"), { problems });
}
