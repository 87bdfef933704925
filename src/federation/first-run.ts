import { type LossMemory, noLosses } from "../network/level-losses.js";
import { CoverageLedger } from "../pruning/ledger.js";
import type { RunState } from "./checkpoint.js";
import type { Carried } from "./client-states.js";
import { noControls } from "./controls.js";
import { virtualStart } from "./devices/asked-round.js";
import type { CompleteOptions } from "./options.js";
import { type ServerRule, startState } from "./server-state.js";

/** What a run carries from round to round. */
export interface CarriedOfRun {
  readonly rule: ServerRule;
  readonly carried: readonly Carried[];
  readonly losses: LossMemory | undefined;
}

/** A run before its first round. @param initial float32 [P]. */
export function firstRun(
  { network, privacy, devices }: Pick<CompleteOptions, "network" | "privacy" | "devices">,
  { rule, carried, losses }: CarriedOfRun,
  initial: Float32Array,
): RunState {
  return {
    ...{ server: startState(initial, rule), ledger: new CoverageLedger(network) },
    ...(carried.length > 0 && { states: new Map() }),
    ...(carried.includes("control") && { controls: noControls(initial.length) }),
    ...(privacy && { clipNorm: privacy.clipNorm }),
    ...(losses && { lossSums: noLosses(losses) }),
    ...(devices && { virtual: virtualStart }),
  };
}
