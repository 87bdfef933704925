import { resolve } from "node:path";
import { describeValue, FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import type { Model } from "../../model/model.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { ExperimentConfig } from "../config/schema.js";
import { readBytes } from "../files/read-file.js";
import { sha256 } from "../files/sha256.js";

const key = "config.training.initialize";

/**
 * The parameters that a config's training begins with, float32 [P]; undefined: fresh ones of the seed.
 * @param folder that the path of the model is relative to.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, and FEDSCORE_INVALID_CONFIG naming what is another network's.
 */
export function initialParameters(
  engine: Engine,
  { training: { initialize } }: Pick<ExperimentConfig, "training">,
  network: NetworkSpec,
  folder: string,
): Float32Array | undefined {
  if (initialize === undefined) return undefined;
  const model = readModel(engine, initialize, folder);
  requireSameNetwork(model.network, network);
  return model.parameters;
}

/** SHA-256 of the parameters of the model that `initialize` names now. */
export function initialChecksum(engine: Engine, initialize: string, folder: string): string {
  return sha256(readModel(engine, initialize, folder).parameters);
}

function readModel(engine: Engine, initialize: string, folder: string): Model {
  return loadModel(engine, readBytes(resolve(folder, initialize), { place: `${key}: ` }), initialize);
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
