import { fitClients } from "../../federation/devices/fit.js";
import { completeDevices, type DevicesOptions } from "../../federation/devices/options.js";
import { openDownlink } from "../../federation/traffic.js";
import type { Engine } from "../../kernels/index.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";
import { maskFamilies } from "../../pruning/families/index.js";
import { fit } from "../config/federation.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";

/** What capacities that fit follow from, besides the config. */
export interface Fitted {
  readonly network: NetworkSpec;
  readonly training: TrainingSettings;
  readonly devices: DevicesOptions | undefined;
  /** Rows that each client holds. */
  readonly rowCounts: readonly number[];
}

/** The keep ratio of each client. @throws FedscoreError FEDSCORE_INVALID_CONFIG naming a profile that nothing fits. */
export function capacitiesOf(engine: Engine, config: ExperimentConfig, fitted: Fitted): number[] {
  const { capacities, clientRule, downlink, encoding } = config.federation;
  const { localSteps = [config.training.localSteps] } = config.federation;
  const { network, training, devices, rowCounts } = fitted;
  if (capacities !== fit) return rowCounts.map((_, client) => capacities[client % capacities.length]);
  if (devices === undefined) throw new Error("capacities that fit without devices");
  return inSection(
    "config",
    () => {
      const load = {
        ...{ network, training, clientRule, encoding, seed: config.seed },
        ...{ maskFamily: maskFamilies[config.pruning.family], localSteps: Math.max(...localSteps) },
        downlink: openDownlink(engine, downlink),
      };
      return fitClients(engine, load, { devices: completeDevices("devices", devices), rowCounts });
    },
    (argument) => (argument === "maskFamily" ? "pruning.family" : `federation.${argument}`),
  );
}
