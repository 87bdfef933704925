import { requireFunction, requireInteger, requireMethods, requireTyped } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { ClientAssignment } from "./messages.js";

/** How a run of a federation's rounds may be watched, stopped, saved and resumed; see `Federation.train`. */
export interface TrainOptions {
  /** Stops the run at once, in mid-round too; the federation stays at its last whole round. */
  readonly signal?: AbortSignal | undefined;
  /** `save` is given the run's bytes after each `every` rounds, after the last one, and when the run is aborted. */
  readonly checkpoint?:
    | {
        readonly every: number;
        /** Keeps the bytes. */
        readonly save: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
      }
    | undefined;
  /** Called, and waited for, before each round that is run: to measure where it starts. A round that fails is run again after a resume. */
  onRound?(start: RoundStart): Promise<void> | void;
  /** Bytes of a checkpoint of the same run, to go on from. */
  readonly resumeFrom?: Uint8Array | undefined;
}

const trainKeys = keysOf<TrainOptions>({ signal: true, checkpoint: true, onRound: true, resumeFrom: true });

/** Where a round starts. */
export interface RoundStart {
  readonly round: number;
  /** The server's parameters, float32 [P]: not to be changed, and valid until the round ends. */
  readonly parameters: Float32Array;
  /** Who takes part, with which mask, in ascending client id; where clients are protected all of them, each of whom may. */
  readonly assignments: readonly ClientAssignment[];
}

/** @throws ArgumentError or ArgumentTypeError naming what is of another kind. */
export function requireTrainOptions(options: TrainOptions): TrainOptions {
  const { checkpoint, onRound, resumeFrom } = requireOptions("options", options, trainKeys);
  if (checkpoint !== undefined) {
    requireOptions("checkpoint", checkpoint, ["every", "save"]);
    requireMethods("checkpoint", checkpoint, ["save"]);
    requireInteger("checkpoint.every", checkpoint.every, 1);
  }
  if (onRound !== undefined) requireFunction("onRound", onRound);
  if (resumeFrom !== undefined) requireTyped("resumeFrom", resumeFrom, Uint8Array);
  return options;
}
