import { join } from "node:path";
import { ArgumentError, FedscoreError } from "../errors.js";
import { fileNames } from "../experiment/files/names.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import type { Engine } from "../kernels/index.js";
import type { Model } from "../model/model.js";
import { createMaskFamily, type MaskFamilyName } from "../pruning/families/index.js";
import type { Mask } from "../pruning/mask.js";
import { readResult } from "./read-result.js";

/** Which submodel of a model is asked for. */
export interface SubmodelChoice {
  /** Share of the network that is kept, in (0, 1]. Default: that of the client. */
  readonly capacity?: number | undefined;
  /** Number of a client of the run. */
  readonly client?: number | undefined;
  /** Default: those of the run. */
  readonly masks?: MaskFamilyName | undefined;
}

/**
 * The mask of a capacity, or that which a client of the run in `folder` would have in the next round.
 * @throws ArgumentError for a client that the run does not have; FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where the run's result is needed and gone.
 */
export function clientMask(engine: Engine, model: Model, folder: string, choice: SubmodelChoice): Mask {
  const { network: spec, parameters, seed } = model;
  const { capacity, client, masks } = choice;
  const mask = (family: MaskFamilyName, round: number, id: number, keepRatio: number): Mask => {
    const clients = [{ id, keepRatio }];
    return createMaskFamily({ kind: family }).assign({ engine, spec, parameters, seed, round, clients })[0];
  };
  if (client === undefined && capacity !== undefined && masks !== undefined) return mask(masks, 0, 0, capacity);
  const { config, training } = resultIn(folder);
  const { clients, capacities, capacityAssignment } = config.federation;
  const id = client ?? 0;
  if (id >= clients) throw new ArgumentError("--client", `must be below ${clients}, the clients of the run`, id);
  const shift = capacityAssignment === "dynamic" ? training.rounds : 0;
  const keepRatio = capacity ?? capacities[((id + shift) % clients) % capacities.length];
  return mask(masks ?? config.pruning.family, training.rounds, id, keepRatio);
}

function resultIn(folder: string): ExperimentResult {
  try {
    return readResult(join(folder, fileNames.result), "take a submodel by");
  } catch (error) {
    if (!(error instanceof FedscoreError)) throw error;
    const message = `which part a client keeps is in the run's result: ${error.message}; or give --capacity and --masks`;
    throw new FedscoreError(error.code, message, error.details, error);
  }
}
