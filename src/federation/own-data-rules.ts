import { ArgumentError } from "../errors.js";
import { importance } from "../network/level-distributions/importance.js";
import type { CompleteTraining } from "../network/training-fields.js";
import { dataPoisoning } from "./attacks/data-poisoning.js";
import type { CompleteAttack } from "./attacks/index.js";
import type { Carrying } from "./carried.js";
import { type CompleteClientRule, createClientRule, isOwnRule } from "./client-rules/index.js";
import { type CompleteEncoding, type DownlinkName, hasFeedback } from "./encodings/index.js";

/** Settings of a run whose clients hold their own data. */
export interface OwnDataRun extends Carrying {
  readonly downlink: DownlinkName;
  readonly training: CompleteTraining;
  readonly attack?: CompleteAttack;
  readonly regions?: readonly number[] | undefined;
}

/** @throws ArgumentError naming the setting that does not go with clients that hold their own data. */
export function requireForOwnData({ encoding, clientRule, downlink, training, attack, regions }: OwnDataRun): void {
  requireNoFeedback(encoding);
  requirePlainData(clientRule);
  if (regions) requireSums(clientRule);
  requirePlainDownlink(downlink);
  requireNoLosses(training);
  requireOwnRows(attack);
}

/** Residuals pass through the server, which is to see of clients with their own data no more than it must. */
function requireNoFeedback(encoding: CompleteEncoding): void {
  if (!hasFeedback(encoding)) return;
  const rule = "must be false where clients hold their own data: what they have not sent would pass through the server";
  throw new ArgumentError("encoding.feedback", rule, true);
}

function requirePlainData(rule: CompleteClientRule): void {
  if (!isOwnRule(rule)) return;
  const where = "must be one of the package where clients hold their own data: functions do not travel to them";
  throw new ArgumentError("clientRule", where, rule.name);
}

/** Who stands for a region answers with one sum. */
function requireSums(rule: CompleteClientRule): void {
  if (isOwnRule(rule) || !createClientRule("clientRule", rule).controls) return;
  const where = `must not be ${rule.kind} where regions of clients hold their own data: who stands for a region answers with one sum, and control variates are of each client`;
  throw new ArgumentError("clientRule.kind", where, rule.kind);
}

/** Transports to clients elsewhere send parameters as they are. */
function requirePlainDownlink(downlink: DownlinkName): void {
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
