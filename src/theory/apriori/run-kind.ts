import { requireArray, requireObject } from "../../errors.js";
import { filledSettings } from "../../family.js";
import { type AggregationSpec, isOwnAggregation, type OwnAggregation } from "../../federation/aggregations/index.js";
import { type ClientRuleSpec, isOwnRule, type OwnClientRule } from "../../federation/client-rules/index.js";
import { federationDefaults, federationFields } from "../../federation/federation-fields.js";
import { type CompleteSettings, completeSettings, type FederationOptions } from "../../federation/options.js";
import { isOwn } from "../../federation/server-optimizers/index.js";
import { isOneRate } from "../../network/rates/index.js";
import type { TrainingSettings } from "../../network/training.js";

/** What decides whether the inequality speaks of a run. */
export interface RunKind extends TrainingKind, LeftOut {
  /** Parameters that no client kept in any round. */
  readonly neverCovered: number;
  /** What F is the mean of: said beside the numbers. */
  readonly objective: string;
}

/** Which updates are not in the averages of their rounds. */
export interface LeftOut {
  /** Those that were not finite. Absent: none. */
  readonly dropped?: readonly DroppedUpdate[] | undefined;
  /** Those of clients that gave none. Absent: none. */
  readonly absent?: readonly DroppedUpdate[] | undefined;
}

/** The part of it that the options of a federation decide. */
export interface TrainingKind {
  /** The local optimizer: "sgd" where it is plain SGD, else what it is and what is done to its gradients. */
  readonly optimizer: string;
  /** The server's rule: "fedavg" where it is the plain average of what the clients found, else what it is, and how that travelled. */
  readonly server: string;
  /** Clients that take another number of local steps than the federation's. Absent: none. */
  readonly ownSteps?: readonly OwnSteps[] | undefined;
  /** The moving average that samples are drawn from, such as "decay 0.99". Absent: they are drawn from the server's parameters. */
  readonly movingAverage?: string | undefined;
}

/** An update that is not in the average of its round. */
export interface DroppedUpdate {
  readonly round: number;
  readonly client: number;
}

/** A client with a number of local steps of its own. */
export interface OwnSteps {
  readonly client: number;
  readonly localSteps: number;
}

/**
 * The kind of training that a federation with these options does.
 * @throws ArgumentError or ArgumentTypeError naming the option that is out of range or of another kind.
 */
export function trainingKindOf(
  options: Pick<
    FederationOptions,
    | "training"
    | "clientRule"
    | "encoding"
    | "downlink"
    | "aggregation"
    | "attack"
    | "server"
    | "weighting"
    | "clients"
    | "localSteps"
    | "ema"
    | "asynchronous"
  >,
): TrainingKind {
  const { clients, weighting, localSteps, downlink, asynchronous } = requireObject("options", options);
  const { training, clientRule, aggregation, attack, server, encoding, ema } = completeSettings(options);
  const run = filledSettings(decisiveFields, "", { weighting, localSteps, downlink });
  requireClientSteps(clients);
  const ownSteps = clients.flatMap(({ localSteps = run.localSteps }, client) =>
    localSteps === run.localSteps ? [] : [{ client, localSteps }],
  );
  return {
    optimizer: localOptimizerOf(training, clientRule),
    server: [
      serverOf(server, run.weighting),
      ...normalizingOf(clientRule, ownSteps.length > 0),
      ...aggregationOf(aggregation),
      ...(attack ? [`of updates under the attack ${attack.kind}`] : []),
      ...roundingOf(encoding.kind, run.downlink),
      ...(asynchronous === undefined
        ? []
        : ["of updates that began at earlier parameters than those that they move (asynchronous)"]),
    ].join(" "),
    ownSteps,
    ...(ema !== undefined && { movingAverage: averageOf(ema) }),
  };
}

/** Of all that may be set of a run, what its kind follows from. */
const decisiveFields = {
  weighting: federationFields.weighting,
  localSteps: federationFields.localSteps,
  downlink: federationFields.downlink,
};

function requireClientSteps(clients: FederationOptions["clients"]): void {
  requireArray("clients", clients);
  for (const [id, client] of clients.entries()) {
    const { localSteps } = requireObject(`clients[${id}]`, client);
    if (localSteps !== undefined) federationFields.localSteps.check(`clients[${id}].localSteps`, localSteps);
  }
}

/** "sgd" where each local step is one of plain SGD. */
export function localOptimizerOf(
  { optimizer, rate, clipNorm }: Pick<TrainingSettings, "optimizer" | "rate" | "clipNorm">,
  rule: ClientRuleSpec | OwnClientRule,
): string {
  const changes = [
    ...(leavesGradients(rule) ? [] : [`changed by the client rule ${nameOf(rule)}`]),
    ...(clipNorm === undefined ? [] : [`clipped to ${clipNorm}`]),
  ];
  return [
    optimizer.kind,
    ...(isOneRate(rate) ? [] : ["of a learning rate that changes"]),
    ...(changes.length > 0 ? [`with gradients ${changes.join(" and ")}`] : []),
  ].join(" ");
}

/** Whether local steps follow the gradients of the client's own loss: of a rule that is not named here that is not known. */
function leavesGradients(rule: ClientRuleSpec | OwnClientRule): boolean {
  if (isOwnRule(rule)) return false;
  return rule.kind === "plain" || rule.kind === "fednova" || (rule.kind === "fedprox" && rule.mu === 0);
}

function nameOf(rule: ClientRuleSpec | OwnClientRule): string {
  return isOwnRule(rule) ? `${rule.name} of the caller's own` : rule.kind;
}

/** FedNova changes the average where clients take different numbers of steps; a rule of the caller's own may always. */
function normalizingOf(rule: ClientRuleSpec | OwnClientRule, unequal: boolean): string[] {
  const normalizes = isOwnRule(rule) ? rule.effectiveSteps !== undefined : rule.kind === "fednova" && unequal;
  return normalizes ? [`of updates that were normalized by ${nameOf(rule)}`] : [];
}

/** Another rule than the mean: what it makes of the updates is no unbiased estimate of their mean, of which the inequality speaks. */
function aggregationOf(aggregation: AggregationSpec | OwnAggregation): string[] {
  if (isOwnAggregation(aggregation))
    return [`of updates that ${aggregation.name}, a rule of the caller's own, aggregates`];
  return aggregation.kind === federationDefaults.aggregation.kind
    ? []
    : [`of updates aggregated by ${aggregation.kind}`];
}

/** What travels changed: the inequality has no term for it. */
function roundingOf(encoding: string, downlink: string): string[] {
  return [
    ...(encoding === federationDefaults.encoding.kind ? [] : [`of updates that were encoded as ${encoding}`]),
    ...(downlink === federationFields.downlink.absent
      ? []
      : [`of clients that start at parameters sent as ${downlink}`]),
  ];
}

function averageOf(ema: NonNullable<CompleteSettings["ema"]>): string {
  if (typeof ema === "number") return `decay ${ema}`;
  return ema.kind === "power" ? `relative length ${ema.relativeLength}` : `decay ${ema.decay}`;
}

function serverOf(server: CompleteSettings["server"], weighting: FederationOptions["weighting"]): string {
  if (isOwn(server)) return `${server.name}, a rule of the caller's own`;
  const rate = server.learningRate === 1 ? "" : ` with learning rate ${server.learningRate}`;
  const weights = weighting === "uniform" ? "" : " with weights by the number of rows";
  return `${server.kind}${rate}${weights}`;
}
