import { type FederationPlan, planFederation } from "../../federation/devices/plan.js";
import type { Engine } from "../../kernels/index.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import { federationOptions, keyOf } from "./federations.js";
import { nowhere } from "./nowhere.js";
import type { PreparedRun } from "./prepare-run.js";

/** What a run asks of the devices of its config, without training. @throws FedscoreError FEDSCORE_INVALID_CONFIG where it has none. */
export function planRun(engine: Engine, config: ExperimentConfig, prepared: PreparedRun): FederationPlan {
  const options = { ...federationOptions(config, prepared), transport: nowhere };
  return inSection("config", () => planFederation(engine, options), keyOf);
}
