import { ArgumentError } from "../../errors.js";
import { importance } from "../../network/level-distributions/importance.js";
import type { CompleteTraining } from "../../network/training-fields.js";
import { aggregationName, type CompleteAggregation } from "../aggregations/index.js";
import type { CompleteAttack } from "../attacks/index.js";
import type { Carrying } from "../carried.js";
import { createClientRule, isOwnRule } from "../client-rules/index.js";
import type { CompleteAsynchronous, CompleteDevices } from "../devices/options.js";
import { hasFeedback } from "../encodings/index.js";
import { federationDefaults, federationFields } from "../federation-fields.js";

/** Settings of a run whose clients are to be protected. */
export interface ProtectedRun extends Carrying {
  /** Absent where the clients hold their own data. */
  readonly points?: Float32Array | undefined;
  readonly weighting: "uniform" | "samples";
  readonly nonFinite: "stop" | "drop";
  readonly minimumUpdates: number;
  readonly aggregationGoal?: number;
  readonly deadline?: number;
  readonly regions?: readonly number[] | undefined;
  readonly training: CompleteTraining;
  readonly aggregation: CompleteAggregation;
  readonly attack?: CompleteAttack;
  readonly devices?: CompleteDevices;
  readonly asynchronous?: CompleteAsynchronous;
}

/**
 * What else of the options has to be so that no more of a client is seen than its clipped update, with noise.
 * @throws ArgumentError naming the option that does not go with privacy of clients.
 */
export function requireProtectable(options: ProtectedRun): void {
  const { points, weighting, nonFinite, minimumUpdates, aggregationGoal, deadline, regions, encoding, training } =
    options;
  const { aggregation, clientRule } = options;
  if (options.asynchronous !== undefined) {
    const rule = "must be left out beside privacy: who is in a buffer was not drawn by its own chance";
    throw new ArgumentError("asynchronous", rule, options.asynchronous);
  }
  if (options.devices?.clock !== undefined) {
    const rule = "must be left out beside privacy: nothing says that its times do not follow from what clients hold";
    throw new ArgumentError("devices.clock", rule, undefined);
  }
  if (options.attack !== undefined)
    throw new ArgumentError(
      "attack",
      "must be left out beside privacy: its clients would send what is not clipped",
      options.attack.kind,
    );
  if (!("kind" in aggregation && aggregation.kind === federationDefaults.aggregation.kind)) {
    const rule = `must be of kind ${federationDefaults.aggregation.kind} beside privacy: what one client changes of another rule's outcome is not bounded`;
    throw new ArgumentError("aggregation", rule, aggregationName(aggregation));
  }
  if (createClientRule("clientRule", clientRule).controls) {
    const rule = "must have no control variates beside privacy: clients send only an update, which is clipped";
    throw new ArgumentError("clientRule", rule, isOwnRule(clientRule) ? clientRule.name : clientRule.kind);
  }
  if (points === undefined && regions !== undefined) {
    const rule =
      "must be left out beside privacy where clients hold their own data: who stands for a region would have to be trusted to clip what its clients send";
    throw new ArgumentError("regions", rule, regions);
  }
  if (points !== undefined && deadline !== undefined) {
    const rule =
      "must be left out beside privacy where this side trains the clients: one that is slow would keep others from the round";
    throw new ArgumentError("deadline", rule, deadline);
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
  if (hasFeedback(encoding)) {
    const rule = "must be false beside privacy: what a client has not sent would be added to a later update of it";
    throw new ArgumentError("encoding.feedback", rule, true);
  }
  const { distribution } = training.levels;
  if (distribution?.kind === importance.kind) {
    const rule = `must not be ${importance.kind} beside privacy: losses at each noise level would leave the clients without noise`;
    throw new ArgumentError("training.levels.distribution.kind", rule, distribution.kind);
  }
}
