import { firstNonFinite } from "../data/finite.js";
import { largestTrained } from "../data/range.js";
import { defaultSchedule, type NoiseScheduleSpec, schedules } from "../diffusion/schedules/index.js";
import {
  ArgumentError,
  requireArray,
  requireFloats,
  requireInteger,
  requireMethods,
  requireText,
  requireTyped,
} from "../errors.js";
import { complete, type Filled, type FilledSpecOf, filledSettings } from "../family.js";
import { choice, integer, nameIn, number, optional, required } from "../fields.js";
import { importance } from "../network/level-distributions/importance.js";
import { requireRecords } from "../network/privacy.js";
import { completeNetwork, layoutOf, type NetworkOptions, type NetworkSpec, rowWidth } from "../network/spec.js";
import { type CompleteTraining, completeTraining, type TrainingOptions } from "../network/training-fields.js";
import { requireClasses } from "../network/training-rows.js";
import { keysOf, requireOptions } from "../options.js";
import { maskFamilies } from "../pruning/families/index.js";
import type { MaskFamily } from "../pruning/mask.js";
import {
  type AggregationSpec,
  type CompleteAggregation,
  completeAggregation,
  type OwnAggregation,
} from "./aggregations/index.js";
import { dataPoisoning } from "./attacks/data-poisoning.js";
import { type AttackSpec, type CompleteAttack, completeAttack } from "./attacks/index.js";
import { type AverageSpec, type CompleteAverage, completeAverage } from "./averages/index.js";
import { maxBlocks } from "./blocks.js";
import { type ClientPrivacy, type ClientPrivacyOptions, completeClientPrivacy } from "./client-privacy/settings.js";
import { rowCountsOf } from "./client-rows.js";
import {
  type ClientRuleSpec,
  type CompleteClientRule,
  completeClientRule,
  createClientRule,
  isOwnRule,
  type OwnClientRule,
} from "./client-rules/index.js";
import { type Carried, requireRoom } from "./client-states.js";
import {
  type AsynchronousOptions,
  type CompleteAsynchronous,
  type CompleteDevices,
  completeAsynchronous,
  completeDevices,
  type DevicesOptions,
  requireDeviced,
} from "./devices/options.js";
import { type DownlinkName, downlinks, type EncodingSpec, encodings } from "./encodings/index.js";
import { participantCount } from "./participation.js";
import {
  type CompleteServer,
  completeServer,
  type OwnServerOptimizer,
  type ServerOptimizerSpec,
} from "./server-optimizers/index.js";
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
  downlink: nameIn(
    downlinks,
    "float32",
    "Encoding of the parameters that clients are sent, which start from what they get: float32, or rounded to float16 or bfloat16.",
  ),
  nonFinite: choice(
    ["stop", "drop"],
    "stop",
    "At NaN or Infinity in an update: stop the run, or leave the client out of the round and count it.",
  ),
  deadline: number(
    "(0, 2147483]",
    optional,
    "Seconds after which a round is closed; clients that have not answered are late. Default: it waits for all of them.",
  ),
  minimumUpdates: integer(
    "[1, inf)",
    1,
    "Fewest updates that a round counts with; with fewer the run stops, and can be resumed from the last whole round.",
  ),
  aggregationGoal: integer(
    "[1, inf)",
    optional,
    "Updates at which a round is closed before all clients have answered; the others are late (arXiv 1902.01046). Default: it waits for all of them.",
  ),
  seed: integer("[0, inf)", 1, "Seed of all random numbers."),
};

/** What a run has where its options, or a config, name none. */
export const federationDefaults = {
  maskFamily: maskFamilies.prefix,
  clientRule: { kind: "plain" },
  encoding: { kind: "float32" },
  aggregation: { kind: "mean" },
  server: { kind: "fedavg" },
} as const;

export const keepRatioField = number("(0, 1]", 1, "Share of the network that a client keeps.");

/** A client of the federation; its id is its position in the list. */
export type ClientOptions = ClientSettings & ClientData;

/** What a client trains on. */
export type ClientData =
  | {
      /** Rows of `points` that the client holds, at least one. */
      readonly rows: Uint32Array;
      readonly rowCount?: undefined;
    }
  | {
      readonly rows?: undefined;
      /** Number of rows, at least 1, of a client that holds its own data: the federation then has no `points`. */
      readonly rowCount: number;
    };

/** What may be set of a client. */
export interface ClientSettings {
  /** Capacity in (0, 1]: the share of the network that it keeps. Default: 1. */
  readonly keepRatio?: number | undefined;
  /** In place of the federation's localSteps. */
  readonly localSteps?: number | undefined;
}

/** All of a federated run; see `createFederation`. What may be absent has the default of the same key of a config. */
export interface FederationOptions {
  /** Default of all but `dimension` and `sigmaData`: those of a config's `network`. */
  readonly network: NetworkOptions;
  /** Default: { kind: "vp-cosine" }. */
  readonly schedule?: NoiseScheduleSpec | undefined;
  readonly training?: TrainingOptions | undefined;
  /**
   * float32 [rows, rowWidth(network)], each row a point and, where the network has classes, its class: the data of all clients. Kept by reference; `train` refuses them where they have changed or were
   * detached since, and its transports work on one copy, made as it starts (4 bytes a number, for as long as it runs). Absent where the
   * clients hold their own data, somewhere that the transport knows: each then says its `rowCount`.
   */
  readonly points?: Float32Array | undefined;
  readonly clients: readonly ClientOptions[];
  /** Default: "prefix". */
  readonly maskFamily?: MaskFamily | undefined;
  /**
   * "fixed" (default): a client always has its own keepRatio. "dynamic": the keepRatios move on by one client a round, so that
   * over as many rounds as there are clients each has had every capacity (dynamic assignment of HeteroFL, arXiv 2010.01264).
   */
  readonly capacityAssignment?: "fixed" | "dynamic" | undefined;
  /** Rounds of the whole run. Default: 50. */
  readonly rounds?: number | undefined;
  /** Optimizer steps of a client in a round. Default: 10. */
  readonly localSteps?: number | undefined;
  /** Share of the clients that take part in a round, in (0, 1]; at least one does. Default: 1. */
  readonly participation?: number | undefined;
  /** Weight of a client's update: 1 (default), or the number of its rows. */
  readonly weighting?: "uniform" | "samples" | undefined;
  /** What a client does in its local steps besides plain ones, or a rule of one's own. Default: { kind: "plain" }. */
  readonly clientRule?: ClientRuleSpec | OwnClientRule | undefined;
  /** How updates travel: encoded and decoded again where the clients run, before they are averaged. Default: { kind: "float32" }. */
  readonly encoding?: EncodingSpec | undefined;
  /** Encoding of the parameters that clients are sent, which start from what they get. Default: "float32". */
  readonly downlink?: DownlinkName | undefined;
  /** How the updates of a round become one, or a rule of one's own. Default: { kind: "mean" }, weighted by coverage. */
  readonly aggregation?: AggregationSpec | OwnAggregation | undefined;
  /** Makes some of the clients attack the others, to see what the run withstands: the model is then not to be used. Absent: nobody does. */
  readonly attack?: AttackSpec | undefined;
  /** What the server does with the average update, or an optimizer of one's own. Default: { kind: "fedavg" }. */
  readonly server?: ServerOptimizerSpec | OwnServerOptimizer | undefined;
  /** The moving average that samples are drawn from: its decay per round, in [0, 1), or one of another kind. Absent: no average. */
  readonly ema?: AverageSpec | undefined;
  /** A client whose loss or update is NaN or Infinity: stop the run (default), or leave the client out of its round and say so. */
  readonly nonFinite?: "stop" | "drop" | undefined;
  /**
   * Seconds in (0, 2147483] after which a round is closed: the clients that have not answered are then late, and what the run becomes is a
   * function of who answered. Default: a round waits for all of its clients.
   */
  readonly deadline?: number | undefined;
  /** Fewest updates, at least 1, that a round counts with; with fewer the run stops (FEDSCORE_TOO_FEW_UPDATES). Default: 1. */
  readonly minimumUpdates?: number | undefined;
  /**
   * Updates at which a round is closed before all clients have answered, at least `minimumUpdates`: the goal count of arXiv 1902.01046. Default:
   * a round waits for all of its clients.
   */
  readonly aggregationGoal?: number | undefined;
  /** What the clients run on: rounds then take virtual time, and who answers in time follows from it. Absent: rounds take the time of the transport. */
  readonly devices?: DevicesOptions | undefined;
  /**
   * Clients train from the parameters that they were sent, while the server goes on: it moves after each `bufferSize` updates, which is a round
   * (FedBuff, arXiv 2106.06639). Needs `devices`. Absent: all clients of a round start at once.
   */
  readonly asynchronous?: AsynchronousOptions | undefined;
  /**
   * Protects clients: whether one of them is in the federation hardly changes what its rounds give. Each takes part in a round with probability `participation`, by its own chance; reports say
   * nothing of who did. Default: clients are not protected.
   */
  readonly privacy?: ClientPrivacyOptions | undefined;
  /** Integer in [0, 2^53). Default: 1. */
  readonly seed?: number | undefined;
  /** Where the clients run. The federation does not close it. */
  readonly transport: Transport;
  /**
   * Clients of each of at most 64 regions, which are numbered one region after the other: whoever stands for a region sums the updates of its clients,
   * rounded once. It decides bytes of the model as the order of clients does. Default: clients are cut into blocks by their number alone.
   */
  readonly regions?: readonly number[] | undefined;
  /** float32 [P]: where the run starts. Default: fresh parameters of the seed. */
  readonly initial?: Float32Array | undefined;
}

const clientKeys = keysOf<ClientOptions>({ rows: true, rowCount: true, keepRatio: true, localSteps: true });

const federationKeys = keysOf<FederationOptions>({
  network: true,
  schedule: true,
  training: true,
  points: true,
  clients: true,
  maskFamily: true,
  capacityAssignment: true,
  rounds: true,
  localSteps: true,
  participation: true,
  weighting: true,
  clientRule: true,
  encoding: true,
  downlink: true,
  aggregation: true,
  attack: true,
  server: true,
  ema: true,
  nonFinite: true,
  deadline: true,
  minimumUpdates: true,
  aggregationGoal: true,
  devices: true,
  asynchronous: true,
  privacy: true,
  seed: true,
  transport: true,
  regions: true,
  initial: true,
});

/** The specifications of a run with all their defaults. */
export interface CompleteSettings {
  readonly training: CompleteTraining;
  readonly clientRule: CompleteClientRule;
  readonly encoding: FilledSpecOf<typeof encodings>;
  readonly aggregation: CompleteAggregation;
  readonly attack?: CompleteAttack;
  readonly server: CompleteServer;
  readonly ema?: CompleteAverage;
  readonly devices?: CompleteDevices;
  readonly asynchronous?: CompleteAsynchronous;
  readonly privacy?: ClientPrivacy;
}

/** The options of a run with all their defaults. */
export interface CompleteOptions
  extends Omit<FederationOptions, keyof CompleteSettings | keyof Filled<typeof federationFields>>,
    CompleteSettings,
    Filled<typeof federationFields> {
  readonly network: NetworkSpec;
  readonly schedule: FilledSpecOf<typeof schedules>;
  readonly clients: readonly CompleteClient[];
  readonly maskFamily: MaskFamily;
}

/** A client whose capacity is said. */
export type CompleteClient = ClientOptions & { readonly keepRatio: number };

const rowCountField = integer("[1, inf)", required, "Rows that a client holds.");

/** @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, such as training.optimizer.beta1. */
export function completeSettings({
  training,
  clientRule = federationDefaults.clientRule,
  encoding = federationDefaults.encoding,
  aggregation = federationDefaults.aggregation,
  attack,
  server = federationDefaults.server,
  ema,
  devices,
  asynchronous,
}: Pick<FederationOptions, Exclude<keyof CompleteSettings, "privacy">>): Omit<CompleteSettings, "privacy"> {
  return {
    training: completeTraining("training", training),
    clientRule: completeClientRule("clientRule", clientRule),
    encoding: complete(encodings, "encoding", encoding),
    aggregation: completeAggregation("aggregation", aggregation),
    ...(attack !== undefined && { attack: completeAttack("attack", attack) }),
    server: completeServer("server", server),
    ...(ema !== undefined && { ema: completeAverage("ema", ema) }),
    ...(devices !== undefined && { devices: completeDevices("devices", devices) }),
    ...(asynchronous !== undefined && { asynchronous: completeAsynchronous("asynchronous", asynchronous) }),
  };
}

/** @throws ArgumentError or ArgumentTypeError naming the first option that is absent or out of range, such as clients[3].keepRatio. */
export function completeOptions(given: FederationOptions): CompleteOptions {
  const { points, transport, regions, initial } = requireOptions("options", given, federationKeys);
  const { schedule = defaultSchedule, maskFamily = federationDefaults.maskFamily } = given;
  const network = completeNetwork("network", given.network);
  if (points !== undefined || !ownDataIn(given.clients)) requirePoints(points, network);
  requireClients(given.clients, points && points.length / rowWidth(network));
  requireMethods("maskFamily", maskFamily, ["assign"]);
  requireText("maskFamily.name", maskFamily.name);
  requireMethods("transport", transport, ["open", "run", "forget"]);
  if (regions !== undefined) requireRegions(regions, given.clients.length);
  if (initial !== undefined) requireFloats("initial", initial, layoutOf(network).size);
  const settings = filledSettings(federationFields, "", given);
  const specifications = completeSettings(given);
  if (points === undefined) {
    requireNoFeedback(specifications.encoding);
    requirePlainData(specifications.clientRule);
    requirePlainDownlink(settings.downlink);
    requireNoLosses(specifications.training);
    requireOwnRows(specifications.attack);
  }
  requireDeviced({
    ...{ ...settings, ...specifications, regions, clients: given.clients.length, ownData: points === undefined },
    byLosses: specifications.training.levels.distribution?.kind === importance.kind,
  });
  if (specifications.asynchronous) requireNoControls(specifications.clientRule);
  requireStateRoom(specifications, given.clients.length, layoutOf(network).size);
  requireRecordCounts(specifications.training, rowCountsOf(given.clients));
  requireUpdateCounts(settings, participantCount(given.clients.length, settings.participation));
  const privacy =
    given.privacy && completeClientPrivacy("privacy", given.privacy, given.clients.length * settings.participation);
  if (privacy) requireProtectable({ ...settings, ...specifications, points });
  return {
    ...settings,
    ...specifications,
    ...(privacy && { privacy }),
    network,
    schedule: complete(schedules, "schedule", schedule),
    ...(points !== undefined && { points }),
    clients: given.clients.map((client) => ({ ...client, keepRatio: client.keepRatio ?? keepRatioField.absent })),
    maskFamily,
    transport,
    ...(regions !== undefined && { regions: [...regions] }),
    ...(initial !== undefined && { initial }),
  };
}

/** Residuals pass through the server, which is to see of clients with their own data no more than it must. */
function requireNoFeedback(encoding: CompleteSettings["encoding"]): void {
  if (!hasFeedback(encoding)) return;
  const rule = "must be false where clients hold their own data: what they have not sent would pass through the server";
  throw new ArgumentError("encoding.feedback", rule, true);
}

/** Control variates and functions do not travel to clients elsewhere. */
function requirePlainData(rule: CompleteClientRule): void {
  if (isOwnRule(rule)) {
    const where = "must be one of the package where clients hold their own data: functions do not travel to them";
    throw new ArgumentError("clientRule", where, rule.name);
  }
  if (!createClientRule("clientRule", rule).controls) return;
  const where = `must not be ${rule.kind} where clients hold their own data: their control variates would pass through the server`;
  throw new ArgumentError("clientRule.kind", where, rule.kind);
}

/** A mean over clients that start from different rounds is that of none of them. */
function requireNoControls(rule: CompleteClientRule): void {
  if (!createClientRule("clientRule", rule).controls) return;
  const name = isOwnRule(rule) ? rule.name : rule.kind;
  throw new ArgumentError("clientRule", "must have no control variates beside asynchronous", name);
}

/** What clients of a federation with these settings carry from round to round. */
export function carriedBy({
  encoding,
  clientRule,
}: Pick<CompleteSettings, "encoding" | "clientRule">): readonly Carried[] {
  return [
    ...(hasFeedback(encoding) ? (["residual"] as const) : []),
    ...(createClientRule("clientRule", clientRule).controls ? (["control"] as const) : []),
  ];
}

function hasFeedback(encoding: CompleteSettings["encoding"]): boolean {
  return "feedback" in encoding && encoding.feedback;
}

/** Vectors of all clients have to fit the server's memory. */
function requireStateRoom(settings: CompleteSettings, clients: number, parameters: number): void {
  const arguments_ = { residual: "encoding.feedback", control: "clientRule" } as const;
  const values = { residual: true, control: settings.clientRule };
  for (const name of carriedBy(settings)) requireRoom(arguments_[name], values[name], clients, parameters);
}

function requireRecordCounts(training: CompleteTraining, rowCounts: Float64Array): void {
  if (!training.privacy) return;
  rowCounts.forEach((records, client) => {
    requireRecords("training.batchSize", training.batchSize, client, records);
  });
}

/** Transports to clients elsewhere send parameters as they are. */
function requirePlainDownlink(downlink: CompleteOptions["downlink"]): void {
  if (downlink === "float32") return;
  throw new ArgumentError("downlink", "must be float32 where clients hold their own data", downlink);
}

/** Losses by noise level say more of clients with their own data than the server is to see. */
function requireNoLosses({ levels: { distribution } }: CompleteTraining): void {
  if (distribution?.kind !== importance.kind) return;
  const rule = `must not be ${importance.kind} where clients hold their own data: their losses at each noise level would pass through the server`;
  throw new ArgumentError("training.levels.distribution.kind", rule, distribution.kind);
}

/** Nobody here can change rows that clients hold. */
function requireOwnRows(attack: CompleteAttack | undefined): void {
  if (attack?.kind !== dataPoisoning.kind) return;
  const rule = `must not be ${dataPoisoning.kind} where clients hold their own data`;
  throw new ArgumentError("attack.kind", rule, attack.kind);
}

/** Whether clients say that they hold their own data, which the federation then does not have. */
function ownDataIn(clients: readonly ClientOptions[]): boolean {
  return Array.isArray(clients) && clients.some((client: ClientOptions | undefined) => client?.rowCount !== undefined);
}

/** What else of the options has to be so that no more of a client is seen than its clipped update, with noise. */
function requireProtectable(
  options: Filled<typeof federationFields> & Omit<CompleteSettings, "privacy"> & Pick<FederationOptions, "points">,
): void {
  const { points, weighting, nonFinite, minimumUpdates, aggregationGoal, encoding, training } = options;
  const { aggregation, clientRule } = options;
  if (options.devices !== undefined || options.asynchronous !== undefined) {
    const argument = options.devices === undefined ? "asynchronous" : "devices";
    throw new ArgumentError(
      argument,
      "must be left out beside privacy: who answers in time would tell of the clients",
      options[argument],
    );
  }
  if (options.attack !== undefined)
    throw new ArgumentError(
      "attack",
      "must be left out beside privacy: its clients would send what is not clipped",
      options.attack,
    );
  if (!("kind" in aggregation && aggregation.kind === federationDefaults.aggregation.kind)) {
    const rule = `must be of kind ${federationDefaults.aggregation.kind} beside privacy: what one client changes of another rule's outcome is not bounded`;
    throw new ArgumentError("aggregation", rule, aggregation);
  }
  const { controls, effectiveSteps } = createClientRule("clientRule", clientRule);
  if (controls || effectiveSteps) {
    const rule =
      "must have neither control variates nor effective steps beside privacy: clients send only an update, which is clipped";
    throw new ArgumentError("clientRule", rule, clientRule);
  }
  if (points === undefined) {
    const rule =
      "must be left out where clients hold their own data: they would have to be trusted to clip what they send";
    throw new ArgumentError("privacy", rule, undefined);
  }
  if (weighting !== "uniform")
    throw new ArgumentError(
      "weighting",
      "must be uniform beside privacy: no client may weigh more than another",
      weighting,
    );
  if (nonFinite !== "drop") {
    const rule = "must be drop beside privacy: whether the run goes on would tell of a client's update";
    throw new ArgumentError("nonFinite", rule, nonFinite);
  }
  const counted = "must be left out beside privacy: how many took part in a round is not to be told";
  if (minimumUpdates !== federationFields.minimumUpdates.absent)
    throw new ArgumentError("minimumUpdates", counted, minimumUpdates);
  if (aggregationGoal !== undefined) throw new ArgumentError("aggregationGoal", counted, aggregationGoal);
  if ("feedback" in encoding && encoding.feedback) {
    const rule = "must be false beside privacy: what a client has not sent would be added to a later update of it";
    throw new ArgumentError("encoding.feedback", rule, encoding.feedback);
  }
  const { distribution } = training.levels;
  if (distribution?.kind === importance.kind) {
    const rule = `must not be ${importance.kind} beside privacy: losses at each noise level would leave the clients without noise`;
    throw new ArgumentError("training.levels.distribution.kind", rule, distribution.kind);
  }
}

function requirePoints(points: Float32Array | undefined, network: NetworkSpec): asserts points is Float32Array {
  requireTyped("points", points, Float32Array);
  const width = rowWidth(network);
  if (points.length === 0 || points.length % width !== 0) {
    const classed = network.classes === undefined ? "" : " + 1, for the class,";
    const rule = `must have a positive multiple of network.dimension${classed} = ${width} entries`;
    throw new ArgumentError("points", rule, points.length);
  }
  const broken = firstNonFinite(points);
  if (broken >= 0) throw new ArgumentError(`points[${broken}]`, "must be finite", points[broken]);
  requireClasses("points", network, points);
  const large = points.findIndex((value) => Math.abs(value) > largestTrained);
  if (large < 0) return;
  const rule = `must lie within ${largestTrained.toPrecision(2)} of 0, as float32 squares it: standardize the points`;
  throw new ArgumentError(`points[${large}]`, rule, points[large]);
}

function requireUpdateCounts(
  { minimumUpdates, aggregationGoal }: Filled<typeof federationFields>,
  participants: number,
): void {
  const rule = `must be at most the ${participants} clients of a round`;
  if (minimumUpdates > participants) throw new ArgumentError("minimumUpdates", rule, minimumUpdates);
  if (aggregationGoal === undefined) return;
  if (aggregationGoal > participants) throw new ArgumentError("aggregationGoal", rule, aggregationGoal);
  if (aggregationGoal < minimumUpdates)
    throw new ArgumentError("aggregationGoal", `must be at least minimumUpdates = ${minimumUpdates}`, aggregationGoal);
}

function requireRegions(regions: readonly number[], clients: number): void {
  requireArray("regions", regions);
  if (regions.length > maxBlocks) throw new ArgumentError("regions", `must be at most ${maxBlocks}`, regions.length);
  for (const [index, each] of regions.entries()) requireInteger(`regions[${index}]`, each, 1);
  const total = regions.reduce((sum, each) => sum + each, 0);
  if (total !== clients)
    throw new ArgumentError("regions", `must have the ${clients} clients of the federation`, total);
}

/** @param rowCount of the points; undefined where the clients hold their own data. */
function requireClients(clients: readonly ClientOptions[], rowCount: number | undefined): void {
  requireArray("clients", clients);
  if (clients.length === 0) throw new ArgumentError("clients", "must have at least 1 client", clients);
  for (const [id, client] of clients.entries()) requireClient(`clients[${id}]`, client, rowCount);
}

function requireClient(argument: string, client: ClientOptions, rowCount: number | undefined): void {
  const { keepRatio, localSteps } = requireOptions(argument, client, clientKeys);
  if (rowCount === undefined) requireOwnData(argument, client);
  else requireRowsOf(argument, client, rowCount);
  if (keepRatio !== undefined) keepRatioField.check(`${argument}.keepRatio`, keepRatio);
  if (localSteps !== undefined) federationFields.localSteps.check(`${argument}.localSteps`, localSteps);
}

/** Of a client whose data the federation does not have. */
function requireOwnData(argument: string, { rows, rowCount }: ClientOptions): void {
  const rule = "must be left out where the federation has no points: say rowCount, the number of the client's own rows";
  if (rows !== undefined) throw new ArgumentError(`${argument}.rows`, rule, rows);
  rowCountField.check(`${argument}.rowCount`, rowCount);
}

function requireRowsOf(argument: string, { rows, rowCount: own }: ClientOptions, rowCount: number): void {
  if (own !== undefined) {
    const rule = "must be left out where the federation has points: say rows, those that the client holds";
    throw new ArgumentError(`${argument}.rowCount`, rule, own);
  }
  requireTyped(`${argument}.rows`, rows, Uint32Array);
  if (rows.length === 0) throw new ArgumentError(`${argument}.rows`, "must hold at least 1 row", rows.length);
  const wrong = rows.findIndex((row) => row >= rowCount);
  if (wrong >= 0)
    throw new ArgumentError(`${argument}.rows[${wrong}]`, `must be below the ${rowCount} rows of points`, rows[wrong]);
}
