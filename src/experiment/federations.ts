import { createGrid, type GridSpec } from "../diffusion/grids/index.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import { FedscoreError } from "../errors.js";
import { createFederation, type Federation } from "../federation/federation.js";
import type { FederationOptions } from "../federation/options.js";
import type { Transport } from "../federation/transport.js";
import type { Engine } from "../kernels/index.js";
import type { LevelSettings, TrainingSettings } from "../network/training.js";
import { maskFamilies } from "../pruning/families/index.js";
import type { ExperimentConfig } from "./config/schema.js";
import { inSection } from "./config/section.js";
import { fixedGrid } from "./grid.js";
import type { PreparedRun } from "./prepare.js";

/** The noise levels that training draws from; `grid` is the sampling grid where it is known before training. */
export function levelSettings(
  { training, sampling, schedule }: ExperimentConfig,
  grid: GridSpec | undefined = fixedGrid(sampling.grid),
): LevelSettings {
  const { spacing, count = 1000 } = training.levels;
  if (spacing !== "grid") return { spacing, count };
  if (grid) return { spacing, times: [...createGrid(grid, createSchedule(schedule)).times] };
  throw new FedscoreError(
    "FEDSCORE_INVALID_CONFIG",
    'config.training.levels.spacing must not be "grid" with a certified sampling grid on data without an exact denoiser: that grid is known only after training',
  );
}

/** How each client of a config trains. */
export function trainingSettings(config: ExperimentConfig, { grid }: PreparedRun): TrainingSettings {
  const { batchSize, optimizer, weighting, clipNorm } = config.training;
  const levels = levelSettings(config, grid);
  return { batchSize, optimizer, weighting, levels, ...(clipNorm !== undefined && { clipNorm }) };
}

/** What the federation of a config and its dense reference have in common. */
function commonOptions(config: ExperimentConfig, prepared: PreparedRun) {
  const { network, points } = prepared;
  return {
    network,
    schedule: config.schedule,
    training: trainingSettings(config, prepared),
    points,
    rounds: config.training.rounds,
    seed: config.seed,
    weighting: config.federation.weighting,
    nonFinite: config.federation.nonFinite,
    ...(config.training.ema !== undefined && { ema: config.training.ema }),
  } satisfies Partial<FederationOptions>;
}

/** What the config says of its federation: all but where the clients run. */
export function federationOptions(
  config: ExperimentConfig,
  prepared: PreparedRun,
): Omit<FederationOptions, "transport"> {
  const { clientRows, keepRatios } = prepared;
  const { participation, clientRule, server, capacityAssignment } = config.federation;
  return {
    ...commonOptions(config, prepared),
    clients: clientRows.map((rows, client) => ({ rows, keepRatio: keepRatios[client] })),
    maskFamily: maskFamilies[config.pruning.family],
    localSteps: config.training.localSteps,
    participation,
    capacityAssignment,
    clientRule,
    server,
  };
}

/** The federation of a config. */
export function createClients(
  engine: Engine,
  config: ExperimentConfig,
  prepared: PreparedRun,
  transport: Transport,
): Federation {
  return inSection("config.federation", () =>
    createFederation(engine, { ...federationOptions(config, prepared), transport }),
  );
}

/** Optimizer steps that all participants of a round make together. */
export function stepsPerRound({ federation, training }: ExperimentConfig): number {
  return Math.max(1, Math.round(federation.participation * federation.clients)) * training.localSteps;
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
  return createFederation(engine, {
    ...commonOptions(config, prepared),
    transport,
    clients: [{ rows, keepRatio: 1 }],
    maskFamily: maskFamilies.full,
    localSteps: stepsPerRound(config),
    participation: 1,
    server: { kind: "fedavg" },
  });
}
