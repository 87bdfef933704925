import { describeValue, FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import type { Model } from "../../model/model.js";
import type { NetworkSpec } from "../../network/spec.js";
import { sha256 } from "../../sha256.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { RunInput } from "../input.js";

const key = "config.training.initialize";

/**
 * The parameters that a config's training begins with, float32 [P]; undefined: fresh ones of the seed.
 * @param input that the file of the model comes from.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, and FEDSCORE_INVALID_CONFIG naming what is another network's.
 */
export function initialParameters(
  engine: Engine,
  { training: { initialize } }: Pick<ExperimentConfig, "training">,
  network: NetworkSpec,
  input: RunInput,
): Float32Array | undefined {
  if (initialize === undefined) return undefined;
  const model = readModel(engine, initialize, input);
  requireSameNetwork(model.network, network);
  return model.parameters;
}

/** SHA-256 of the parameters of the model that `initialize` names now. */
export function initialChecksum(engine: Engine, initialize: string, input: RunInput): string {
  return sha256(readModel(engine, initialize, input).parameters);
}

function readModel(engine: Engine, initialize: string, input: RunInput): Model {
  return loadModel(engine, input.read(initialize, `${key}: `), initialize);
}

function requireSameNetwork(found: NetworkSpec, wanted: NetworkSpec): void {
  const [there, here] = [found, wanted].map((spec) => new Map<string, unknown>(Object.entries(spec)));
  for (const name of new Set([...here.keys(), ...there.keys()])) {
    const [value, expected] = [there, here].map((spec) => JSON.stringify(spec.get(name)));
    if (value === expected) continue;
    const shown = [value, expected].map((text) => text ?? describeValue(undefined));
    const message = `${key} must be a model of the same network: network.${name} is ${shown[0]} there and ${shown[1]} here`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { argument: `config.network.${name}` });
  }
}
