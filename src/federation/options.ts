import { firstNonFinite } from "../data/finite.js";
import type { NoiseScheduleSpec } from "../diffusion/schedules/index.js";
import { ArgumentError, ArgumentTypeError, requireInteger, requireLength } from "../errors.js";
import { complete, type FilledSpecOf } from "../family.js";
import { choice, integer, number, optional, required } from "../fields.js";
import { optimizers } from "../network/optimizers/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import type { TrainingSettings } from "../network/training.js";
import type { MaskFamily } from "../pruning/mask.js";
import { type ClientRuleSpec, clientRules } from "./client-rules/index.js";
import { type ServerOptimizerSpec, serverOptimizers } from "./server-optimizers/index.js";
import type { Transport } from "./transport.js";

/** What may be set of a run as a whole: the ranges of the options, and the config's defaults and texts. */
export const federationFields = {
  rounds: integer("[1, 16777215]", 50, "Rounds of the federation."),
  localSteps: integer("[1, 4294967295]", 10, "Optimizer steps of a client in a round."),
  participation: number("(0, 1]", 1, "Share of the clients that take part in a round."),
  capacityAssignment: choice(
    ["fixed", "dynamic"],
    "fixed",
    "fixed: a client keeps its capacity. dynamic: capacities move on by one client a round (HeteroFL, arXiv 2010.01264).",
  ),
  weighting: choice(["uniform", "samples"], "uniform", "Weight of a client's update: 1, or its number of rows."),
  nonFinite: choice(
    ["stop", "drop"],
    "stop",
    "At NaN or Infinity in an update: stop the run, or leave the client out of the round and count it.",
  ),
  ema: number(
    "[0, 1)",
    optional,
    "Decay per round of a moving average of the parameters, which is then the model. Default: no average.",
  ),
};

const keepRatioField = number("(0, 1]", required, "Share of the network that a client keeps.");

/** A client of the federation; its id is its position in the list. */
export interface ClientOptions {
  /** Rows of `points` that the client holds, at least one. */
  readonly rows: Uint32Array;
  /** Capacity in (0, 1]: the share of the network that it keeps. */
  readonly keepRatio: number;
  /** In place of the federation's localSteps. */
  readonly localSteps?: number | undefined;
}

/** All of a federated run; see `createFederation`. */
export interface FederationOptions {
  readonly network: NetworkSpec;
  readonly schedule: NoiseScheduleSpec;
  readonly training: TrainingSettings;
  /** float32 [rows, network.dimension]: the data of all clients. */
  readonly points: Float32Array;
  readonly clients: readonly ClientOptions[];
  readonly maskFamily: MaskFamily;
  /**
   * "fixed" (default): a client always has its own keepRatio. "dynamic": the keepRatios move on by one client a round, so that
   * over as many rounds as there are clients each has had every capacity (dynamic assignment of HeteroFL, arXiv 2010.01264).
   */
  readonly capacityAssignment?: "fixed" | "dynamic" | undefined;
  /** Rounds of the whole run. */
  readonly rounds: number;
  /** Optimizer steps of a client in a round. */
  readonly localSteps: number;
  /** Share of the clients that take part in a round, in (0, 1]; at least one does. */
  readonly participation: number;
  /** Weight of a client's update: 1, or the number of its rows. */
  readonly weighting: "uniform" | "samples";
  /** What a client does in its local steps besides plain ones. Default: { kind: "plain" }. */
  readonly clientRule?: ClientRuleSpec | undefined;
  readonly server: ServerOptimizerSpec;
  /** Decay per round, in [0, 1), of the moving average that samples are drawn from. Absent: no average. */
  readonly ema?: number | undefined;
  /** A client whose loss or update is NaN or Infinity: stop the run, or leave the client out of its round and say so. */
  readonly nonFinite: "stop" | "drop";
  readonly seed: number;
  /** Where the clients run. The federation does not close it. */
  readonly transport: Transport;
  /** float32 [P]: where the run starts. Default: fresh parameters of the seed. */
  readonly initial?: Float32Array | undefined;
}

/** The specifications of a run with all their defaults. */
export interface CompleteSettings {
  readonly training: TrainingSettings & { readonly optimizer: FilledSpecOf<typeof optimizers> };
  readonly clientRule: FilledSpecOf<typeof clientRules>;
  readonly server: FilledSpecOf<typeof serverOptimizers>;
}

export type CompleteOptions = FederationOptions & CompleteSettings;

/** @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, such as training.optimizer.beta1. */
export function completeSettings({
  training,
  clientRule = { kind: "plain" },
  server,
}: Pick<FederationOptions, keyof CompleteSettings>): CompleteSettings {
  return {
    training: { ...training, optimizer: complete(optimizers, "training.optimizer", training.optimizer) },
    clientRule: complete(clientRules, "clientRule", clientRule),
    server: complete(serverOptimizers, "server", server),
  };
}

/** Throws ArgumentError or ArgumentTypeError naming the first option that is out of range, such as clients[3].keepRatio. */
export function validateOptions(options: FederationOptions): void {
  const { network, points, clients, initial } = options;
  requireInteger("network.dimension", network.dimension, 1);
  requireFloats("points", points);
  if (points.length === 0 || points.length % network.dimension !== 0) {
    const rule = `must have a positive multiple of network.dimension = ${network.dimension} entries`;
    throw new ArgumentError("points", rule, points.length);
  }
  const broken = firstNonFinite(points);
  if (broken >= 0) throw new ArgumentError(`points[${broken}]`, "must be finite", points[broken]);
  if (!Array.isArray(clients)) throw new ArgumentTypeError("clients", "must be an array", clients);
  if (clients.length === 0) throw new ArgumentError("clients", "must have at least 1 client", clients);
  for (const [id, client] of clients.entries()) {
    validateClient(`clients[${id}]`, client, points.length / network.dimension);
  }
  const { rounds, localSteps, participation, weighting, capacityAssignment, nonFinite, ema } = federationFields;
  rounds.check("rounds", options.rounds);
  localSteps.check("localSteps", options.localSteps);
  participation.check("participation", options.participation);
  weighting.check("weighting", options.weighting);
  if (options.capacityAssignment !== undefined)
    capacityAssignment.check("capacityAssignment", options.capacityAssignment);
  nonFinite.check("nonFinite", options.nonFinite);
  if (options.ema !== undefined) ema.check("ema", options.ema);
  requireInteger("seed", options.seed, 0);
  if (initial !== undefined) {
    requireFloats("initial", initial);
    requireLength("initial", initial, layoutOf(network).size);
  }
}

function validateClient(argument: string, { rows, keepRatio, localSteps }: ClientOptions, rowCount: number): void {
  if (!(rows instanceof Uint32Array)) throw new ArgumentTypeError(`${argument}.rows`, "must be a Uint32Array", rows);
  if (rows.length === 0) throw new ArgumentError(`${argument}.rows`, "must hold at least 1 row", rows.length);
  const wrong = rows.findIndex((row) => row >= rowCount);
  if (wrong >= 0)
    throw new ArgumentError(`${argument}.rows[${wrong}]`, `must be below the ${rowCount} rows of points`, rows[wrong]);
  keepRatioField.check(`${argument}.keepRatio`, keepRatio);
  if (localSteps !== undefined) federationFields.localSteps.check(`${argument}.localSteps`, localSteps);
}

function requireFloats(argument: string, value: unknown): void {
  if (!(value instanceof Float32Array)) throw new ArgumentTypeError(argument, "must be a Float32Array", value);
}
