import type { Engine } from "../kernels/index.js";
import { type NetworkSpec, rowWidth } from "../network/spec.js";
import { defineTask } from "../workers/task.js";
import { type BlockContext, runAlone } from "./client-block.js";
import { heldOutLoss } from "./held-out-loss.js";
import type { Block, ClientReport, TrainingSetup } from "./messages.js";
import { openTraining } from "./training-tasks.js";

/** What a client that holds its own data keeps for one run. */
export interface OwnSetup {
  /** Of the run, without data; the network of each task is the client's own part of it. */
  readonly setup: TrainingSetup;
  /** float32 [n, rowWidth(network)], as the network sees them. */
  readonly rows: Float32Array;
  /** The same of rows that are not trained on; may be empty. */
  readonly heldOut: Float32Array;
}

/** The part of a network that a client is sent. */
export interface OwnNetwork {
  /** The client's: smaller than the server's where its mask is structured. */
  readonly network: NetworkSpec;
  /** float32 [P] of `network`. */
  readonly parameters: Float32Array;
  /** Number of the client in the federation: its random numbers are keyed by it. */
  readonly client: number;
}

/** Local steps of one round. */
export interface OwnSteps extends OwnNetwork {
  readonly kind: "train";
  /** 0 or 1 per parameter, where the mask is unstructured. */
  readonly keep?: Uint8Array | undefined;
  readonly round: number;
  readonly localSteps: number;
  /** Largest norm of its update. */
  readonly clipNorm?: number | undefined;
  readonly controls?: OwnControls | undefined;
}

/** Control variates, float32 [P] of the task's network. */
export interface OwnControls {
  /** The mean over the clients. */
  readonly mean: Float32Array;
  /** The client's own. Absent: it has none yet. */
  readonly own?: Float32Array | undefined;
}

/** The loss of the rows that are held out. */
export interface OwnEvaluation extends OwnNetwork {
  readonly kind: "evaluate";
}

/** Where a client ended, and how it got there. */
export interface OwnUpdate {
  /** float32 [P] of the task's network; empty where it is not finite or encoded. */
  readonly local: Float32Array;
  /** Its update, of the parameters that it keeps, where the setup has an encoding or the task a clipNorm. */
  readonly encoded?: Uint8Array;
  readonly report: ClientReport;
  /** Whether its update needed no clipping. */
  readonly isWithin?: boolean;
  /** float32 [P] of the task's network: its new control variate, where its rule has one. */
  readonly control?: Float32Array;
}

/** Mean loss of draws from the rows that are held out. */
export interface OwnLoss {
  readonly loss: number;
  /** Rows that are held out. */
  readonly rows: number;
}

interface OwnState {
  contextOf(network: NetworkSpec): BlockContext;
  readonly heldOut: Float32Array;
}

/** A client's own training in a worker: rows and setup stay there, tasks bring parameters. */
export const ownTraining = defineTask({
  name: "ownTraining",
  open: openOwn,
  run: (_engine, state, task: OwnSteps | OwnEvaluation): OwnUpdate | OwnLoss =>
    task.kind === "train" ? trainOwn(state, task) : evaluateOwn(state, task),
});

function openOwn(engine: Engine, { setup, rows, heldOut }: OwnSetup): OwnState {
  let last: { readonly key: string; readonly context: BlockContext } | undefined;
  return {
    heldOut,
    contextOf(network) {
      const key = JSON.stringify(network);
      if (last?.key !== key) last = { key, context: openTraining(engine, { ...setup, network }, () => rows) };
      return last.context;
    },
  };
}

function trainOwn({ contextOf }: OwnState, task: OwnSteps): OwnUpdate {
  const { network, parameters, keep, round, client, localSteps, clipNorm, controls } = task;
  const context = contextOf(network);
  const mask = keep ? ({ kind: "unstructured", keep } as const) : ({ kind: "full" } as const);
  const block: Block = {
    ...{ id: `${context.setup.id}/${round}/${client}`, setup: context.setup.id, round, block: 0, flops: 0 },
    clients: [{ client, mask, localSteps, weight: 1, ...(controls?.own && { state: { control: controls.own } }) }],
    ...(clipNorm !== undefined && { clipNorm }),
    nonFinite: "drop",
  };
  return runAlone(context, { parameters, blocks: [block], ...(controls && { control: controls.mean }) });
}

function evaluateOwn({ contextOf, heldOut }: OwnState, { network, parameters, client }: OwnEvaluation): OwnLoss {
  const loss = heldOutLoss(contextOf(network), { network, parameters, rows: heldOut, client, batches: 1 });
  return { loss, rows: heldOut.length / rowWidth(network) };
}
