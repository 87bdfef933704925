import { join } from "node:path";
import { ArgumentError, FedscoreError } from "../errors.js";
import { fit } from "../experiment/config/federation.js";
import { fileNames } from "../experiment/files/names.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { assignMasks } from "../federation/assign-masks.js";
import { dealProfiles } from "../federation/devices/deal-profiles.js";
import { selectParticipants } from "../federation/participation.js";
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

/** A client that takes part in a hundredth of the rounds is in one of so many, but once in 10^17. */
const mostRounds = 4000;

/**
 * The mask of a capacity, or that which a client of the run in `folder` would have in the next round that it takes part in, by the parameters of the model.
 * @throws ArgumentError for a client that the run does not have; FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where the run's result is needed and gone.
 */
export function clientMask(engine: Engine, model: Model, folder: string, choice: SubmodelChoice): Mask {
  const { capacity, client, masks } = choice;
  if (client !== undefined) return maskOfClient(engine, model, resultIn(folder), { client, capacity, masks });
  const family = masks ?? resultIn(folder).config.pruning.family;
  const alone = { participation: 1, capacityAssignment: "fixed", clients: [{ keepRatio: capacity ?? 1 }] } as const;
  return assignMasks(engine, { ...maskedBy(model, family), ...alone, round: 0 }).masks[0];
}

function maskedBy({ network, parameters, seed }: Model, kind: MaskFamilyName) {
  return { spec: network, parameters, seed, maskFamily: createMaskFamily({ kind }) };
}

function maskOfClient(
  engine: Engine,
  model: Model,
  { config, training, devices }: ExperimentResult,
  { client, capacity, masks }: SubmodelChoice & { readonly client: number },
): Mask {
  const { clients: count, capacities: configured, capacityAssignment } = config.federation;
  // Where clients are protected each has the mask that it has among all of them, whoever takes part.
  const participation = config.privacy?.kind === "client" ? 1 : config.federation.participation;
  if (client >= count) throw new ArgumentError("--client", `must be below ${count}, the clients of the run`, client);
  const capacities = configured === fit ? fittedRatios(devices, count) : configured;
  const clients = Array.from({ length: count }, (_, id) => ({
    keepRatio: capacity !== undefined && id === client ? capacity : capacities[id % capacities.length],
  }));
  const takesPart = (round: number) =>
    selectParticipants(engine, count, participation, model.seed, round).includes(client);
  const run = {
    ...maskedBy(model, masks ?? config.pruning.family),
    ...{ clients, participation },
    capacityAssignment: capacity === undefined ? capacityAssignment : ("fixed" as const),
  };
  const round = nextRoundOf(client, training.rounds, takesPart);
  const { clients: participants, masks: assigned } = assignMasks(engine, { ...run, round });
  return assigned[participants.findIndex(({ id }) => id === client)];
}

/** Of each client, where its device has decided it. */
function fittedRatios(devices: ExperimentResult["devices"], clients: number): number[] {
  const classes = devices?.classes ?? [];
  return Array.from(dealProfiles(classes, clients), (profile) => classes[profile].keepRatio);
}

function nextRoundOf(client: number, from: number, takesPart: (round: number) => boolean): number {
  for (let round = from; round < from + mostRounds; round++) if (takesPart(round)) return round;
  throw new ArgumentError("--client", `must take part in one of the next ${mostRounds} rounds`, client);
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
