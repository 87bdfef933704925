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
import { importance } from "../network/level-distributions/importance.js";
import { requireRecords } from "../network/privacy.js";
import { completeNetwork, layoutOf, type NetworkOptions, type NetworkSpec, rowWidth } from "../network/spec.js";
import { type CompleteTraining, completeTraining, type TrainingOptions } from "../network/training-fields.js";
import { requireClasses } from "../network/training-rows.js";
import { keysOf, requireOptions } from "../options.js";
import type { MaskFamily } from "../pruning/mask.js";
import {
  type AggregationSpec,
  type CompleteAggregation,
  completeAggregation,
  type OwnAggregation,
} from "./aggregations/index.js";
import { type AttackSpec, type CompleteAttack, completeAttack } from "./attacks/index.js";
import { type AverageSpec, type CompleteAverage, completeAverage } from "./averages/index.js";
import { maxBlocks } from "./blocks.js";
import { requireStateRoom } from "./carried.js";
import { type ClientOptions, type CompleteClient, ownDataIn, requireClients } from "./client-options.js";
import { requireProtectable } from "./client-privacy/protectable.js";
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
import {
  type AsynchronousOptions,
  type CompleteAsynchronous,
  type CompleteDevices,
  completeAsynchronous,
  completeDevices,
  type DevicesOptions,
  requireDeviced,
} from "./devices/options.js";
import {
  type CompleteEncoding,
  type DownlinkName,
  type EncodingSpec,
  encodings,
  firstBeyond,
} from "./encodings/index.js";
import { federationDefaults, federationFields, keepRatioField } from "./federation-fields.js";
import { requireForOwnData } from "./own-data-rules.js";
import { participantCount } from "./participation.js";
import {
  type CompleteServer,
  completeServer,
  type OwnServerOptimizer,
  type ServerOptimizerSpec,
} from "./server-optimizers/index.js";
import type { Transport } from "./transport.js";

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
  readonly encoding: CompleteEncoding;
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
    requireForOwnData({ ...settings, ...specifications, regions });
  }
  requireDeviced({
    ...{ ...settings, ...specifications, regions, clients: given.clients.length, ownData: points === undefined },
    byLosses: specifications.training.levels.distribution?.kind === importance.kind,
  });
  if (specifications.asynchronous) requireNoControls(specifications.clientRule);
  requireStateRoom(specifications, given.clients.length, layoutOf(network).size);
  requireRecordCounts(specifications.training, rowCountsOf(given.clients));
  requireUpdateCounts(settings, participantCount(given.clients.length, settings.participation));
  const expected = given.clients.length * settings.participation;
  const privacy = given.privacy === undefined ? undefined : completeClientPrivacy("privacy", given.privacy, expected);
  if (privacy) requireProtectable({ ...settings, ...specifications, points, regions });
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

/** A mean over clients that start from different rounds is that of none of them. */
function requireNoControls(rule: CompleteClientRule): void {
  if (!createClientRule("clientRule", rule).controls) return;
  const name = isOwnRule(rule) ? rule.name : rule.kind;
  throw new ArgumentError("clientRule", "must have no control variates beside asynchronous", name);
}

function requireRecordCounts(training: CompleteTraining, rowCounts: Float64Array): void {
  if (!training.privacy) return;
  rowCounts.forEach((records, client) => {
    requireRecords("training.batchSize", training.batchSize, client, records);
  });
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
  const large = firstBeyond(points, largestTrained);
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
