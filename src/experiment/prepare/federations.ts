import type { ClientSettings } from "../../federation/client-options.js";
import type { ClientPrivacyOptions } from "../../federation/client-privacy/settings.js";
import { createFederation, type Federation } from "../../federation/federation.js";
import type { FederationOptions } from "../../federation/options.js";
import { participantCount } from "../../federation/participation.js";
import type { Transport } from "../../federation/transport.js";
import type { Engine } from "../../kernels/index.js";
import { maskFamilies } from "../../pruning/families/index.js";
import type { PrivacyConfig } from "../config/privacy.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import type { PreparedRun } from "./prepare-run.js";

/** What the federation of a config and its dense reference have in common. */
function commonOptions(config: ExperimentConfig, { network, rows, training, initial }: PreparedRun) {
  return {
    network,
    schedule: config.schedule,
    training,
    points: rows,
    rounds: config.training.rounds,
    seed: config.seed,
    weighting: config.federation.weighting,
    nonFinite: config.federation.nonFinite,
    ...(initial && { initial }),
    ...(config.training.ema !== undefined && { ema: config.training.ema }),
  } satisfies Partial<FederationOptions>;
}

/** What the config says of its federation: all but where the clients run. */
export function federationOptions(
  config: ExperimentConfig,
  prepared: PreparedRun,
): Omit<FederationOptions, "transport"> {
  const { clientRows, keepRatios, devices } = prepared;
  const { encoding, downlink, aggregation, attack } = config.federation;
  const { participation, clientRule, server, capacityAssignment } = config.federation;
  const { deadline, minimumUpdates, aggregationGoal, asynchronous } = config.federation;
  return {
    ...commonOptions(config, prepared),
    clients: clientRows.map((rows, client) => ({ rows, ...clientSettings(config, keepRatios, client) })),
    maskFamily: maskFamilies[config.pruning.family],
    localSteps: config.training.localSteps,
    participation,
    capacityAssignment,
    clientRule,
    encoding,
    downlink,
    ...(aggregation && { aggregation }),
    ...(attack && { attack }),
    server,
    deadline,
    minimumUpdates,
    aggregationGoal,
    ...(config.privacy?.kind === "client" && { privacy: clientPrivacyOf(config.privacy) }),
    devices,
    asynchronous,
  };
}

/** What the config says of a client, beside its rows. */
export function clientSettings(
  { federation: { localSteps } }: ExperimentConfig,
  keepRatios: readonly number[],
  client: number,
): ClientSettings {
  return {
    keepRatio: keepRatios[client],
    ...(localSteps && { localSteps: localSteps[client % localSteps.length] }),
  };
}

function clientPrivacyOf(privacy: Extract<PrivacyConfig, { readonly kind: "client" }>): ClientPrivacyOptions {
  const { clipNorm, noiseMultiplier, reproducible, adaptive } = privacy;
  return { clipNorm, noiseMultiplier, reproducible, ...(adaptive && { adaptive }) };
}

/** The federation of a config. */
export function createPrunedFederation(
  engine: Engine,
  config: ExperimentConfig,
  prepared: PreparedRun,
  transport: Transport,
): Federation {
  return inSection(
    "config",
    () => createFederation(engine, { ...federationOptions(config, prepared), transport }),
    keyOf,
  );
}

/** Where the config has the options of a federation, by their first part; those of other parts are in `federation`. */
const keys: Readonly<Record<string, string>> = {
  network: "network",
  schedule: "schedule",
  training: "training",
  points: "data.train",
  rounds: "training.rounds",
  localSteps: "training.localSteps",
  ema: "training.ema",
  initial: "training.initialize",
  privacy: "privacy",
  seed: "seed",
  maskFamily: "pruning.family",
};

/** The key of the config for an option of a federation: training.batchSize for itself, federation.clients for clients[3].rows. */
export function keyOf(argument: string): string {
  const ofRecords = "training.privacy";
  if (argument.startsWith(ofRecords)) return `privacy${argument.slice(ofRecords.length)}`;
  const [first = ""] = argument.split(/[.[]/);
  return first === "clients"
    ? "federation.clients"
    : `${keys[first] ?? `federation.${first}`}${argument.slice(first.length)}`;
}

/** Clients that take part in a round. */
export function participantsOf({ participation, clients }: ExperimentConfig["federation"]): number {
  return participantCount(clients, participation);
}

/** Optimizer steps that all participants of a round make together; the mean over rounds where clients take different numbers of them, rounded. */
export function stepsPerRound({ federation, training }: ExperimentConfig): number {
  const { clients, localSteps = [training.localSteps] } = federation;
  const sumOf = (steps: readonly number[]) => steps.reduce((sum, each) => sum + each, 0);
  const whole = Math.floor(clients / localSteps.length) * sumOf(localSteps);
  const all = whole + sumOf(localSteps.slice(0, clients % localSteps.length));
  return Math.round((participantsOf(federation) * all) / clients);
}

/**
 * The dense reference: a federation of one client, which holds all data, keeps the whole network and makes as many steps a
 * round as the participants of the federation together.
 */
export function createReference(
  engine: Engine,
  config: ExperimentConfig,
  prepared: PreparedRun,
  transport: Transport,
): Federation {
  const rows = Uint32Array.from({ length: prepared.points.length / prepared.network.dimension }, (_, row) => row);
  const options: FederationOptions = {
    ...commonOptions(config, prepared),
    transport,
    clients: [{ rows, keepRatio: 1 }],
    maskFamily: maskFamilies.full,
    localSteps: stepsPerRound(config),
    participation: 1,
    server: { kind: "fedavg" },
  };
  return inSection("config", () => createFederation(engine, options), keyOf);
}
