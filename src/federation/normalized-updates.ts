import { ArgumentError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import type { NetworkSpec } from "../network/spec.js";
import type { TrainingSettings } from "../network/training.js";
import { coverageOf } from "../pruning/average.js";
import { groupMasks } from "../pruning/group.js";
import type { ClientRule } from "./client-rules/index.js";
import type { RoundPart } from "./devices/asked-round.js";
import type { ClientAssignment } from "./messages.js";

/** Updates that are divided by the effective steps of their clients before they are averaged. */
export interface NormalizedRound {
  /** Of each client that trains in the round. */
  readonly effectiveSteps: ReadonlyMap<number, number>;
  /** The same assignments with the weights that updates have in sums: each divided by the client's effective steps. */
  weighed(assignments: readonly ClientAssignment[]): readonly ClientAssignment[];
}

/**
 * What a rule with effective steps makes of a round.
 * @param always whether updates are divided also where all clients have the same: a largest norm is then that of an update per effective step in each round.
 * @returns undefined where there is nothing to normalize: the rule has none, or they are the same for all clients.
 * @throws ArgumentError where a rule of the caller's own gives other than positive numbers.
 */
export function normalizedRound(
  engine: Engine,
  { effectiveSteps: stepsOf }: ClientRule,
  training: TrainingSettings,
  parts: readonly RoundPart[],
  always = false,
): NormalizedRound | undefined {
  if (!stepsOf) return undefined;
  const effectiveSteps = new Map<number, number>();
  for (const { round, assignments } of parts) {
    const known = new Map<number, number>();
    for (const { client, localSteps: steps } of assignments) {
      const found = known.get(steps) ?? requirePositive(stepsOf(engine, { steps, round, training }));
      known.set(steps, found);
      effectiveSteps.set(client, found);
    }
  }
  if (!always && new Set(effectiveSteps.values()).size <= 1) return undefined;
  return {
    effectiveSteps,
    weighed: (assignments) =>
      assignments.map((each) => ({ ...each, weight: each.weight / (effectiveSteps.get(each.client) ?? 1) })),
  };
}

function requirePositive(steps: number): number {
  if (steps > 0 && steps < Number.POSITIVE_INFINITY) return steps;
  throw new ArgumentError("clientRule.effectiveSteps", "must give positive numbers", steps);
}

/**
 * Multiplies each parameter's sum of normalized updates, in place, by the mean effective steps of the clients that kept it, weighted as their updates are:
 * FedNova, arXiv 2007.07481, equation 8, with the sums over the clients that cover the parameter.
 * @param total float64 [P]: of sums or of means.
 * @param averaged the clients whose updates are in it, with their own weights.
 * @param weights float64 [P]: sum of these over the clients that kept each parameter.
 */
export function restoreSteps(
  total: Float64Array,
  network: NetworkSpec,
  { effectiveSteps }: NormalizedRound,
  averaged: readonly ClientAssignment[],
  weights: Float64Array,
): void {
  const groups = groupMasks(
    averaged.map(({ mask }) => mask),
    averaged.map(({ client, weight }) => weight * (effectiveSteps.get(client) ?? 1)),
  );
  const steps = coverageOf(network, groups);
  for (let i = 0; i < total.length; i++) if (weights[i] > 0) total[i] *= steps[i] / weights[i];
}
