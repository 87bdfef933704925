import { FedscoreError, throwIfAborted } from "../errors.js";
import type { LossMemory } from "../network/level-losses.js";
import type { NetworkSpec } from "../network/spec.js";
import { longestFirst } from "./blocks.js";
import type { KeptUpdates } from "./kept-updates.js";
import type { ArrivedUpdate, Block, ClientReport, RoundTask } from "./messages.js";
import { untilClosed } from "./round-closing.js";
import { RoundSum } from "./round-sum.js";
import type { Transport } from "./transport.js";

/** How the updates of a federation's rounds are collected. */
export interface Collection {
  readonly network: NetworkSpec;
  readonly transport: Transport;
  readonly nonFinite: "stop" | "drop";
  /** Seconds after which a round is closed; undefined: never. */
  readonly deadline: number | undefined;
  /** Updates at which a round is closed; undefined: at all of them. */
  readonly aggregationGoal: number | undefined;
  /** How losses are kept; undefined: levels are not drawn by them. */
  readonly losses: LossMemory | undefined;
}

/** A round that is to be collected. */
export interface CollectedRound {
  /** The server's, float32 [P]. */
  readonly parameters: Float32Array;
  /** In block order. */
  readonly blocks: readonly Block[];
  /** See RoundTask. */
  readonly control: Float32Array | undefined;
  /** See RoundTask. */
  readonly levelLosses: Float64Array | undefined;
  /** float64 [P], overwritten with the sum. */
  readonly total: Float64Array;
  /** Takes the updates in its place; undefined: they are summed. */
  readonly kept: KeptUpdates | undefined;
}

/**
 * Has the blocks of a round run and sums their updates, until every client has answered or the round is closed.
 * @throws FedscoreError FEDSCORE_WORKER, FEDSCORE_ABORTED; FEDSCORE_NON_FINITE where `nonFinite` is "stop".
 */
export async function collectRound(
  { network, transport, nonFinite, deadline, aggregationGoal, losses }: Collection,
  { parameters, control, blocks, levelLosses, total, kept }: CollectedRound,
  signal: AbortSignal | undefined,
): Promise<RoundSum> {
  const sum = new RoundSum(network, blocks, total, losses, kept);
  const closes = deadline !== undefined || aggregationGoal !== undefined;
  const task: RoundTask = {
    parameters,
    blocks: longestFirst(blocks),
    ...(control && { control }),
    ...(levelLosses && { levelLosses }),
    ...(deadline !== undefined && { deadline }),
    ...(aggregationGoal !== undefined && { aggregationGoal }),
  };
  let isClosed = false;
  const onClosed = () => {
    isClosed = true;
  };
  const enough = () => aggregationGoal !== undefined && sum.answered >= aggregationGoal;
  const arrivals: AsyncIterable<ArrivedUpdate> = closes
    ? untilClosed((ended) => transport.run(task, ended), { deadline, enough, onClosed, signal })
    : transport.run(task, signal);
  for await (const update of arrivals) {
    sum.add(update);
    if (nonFinite === "stop") update.reports.forEach((report) => void requireFinite(update.round, report));
    if (sum.complete) break;
  }
  throwIfAborted(signal);
  if (isClosed) sum.close();
  if (!sum.complete)
    throw new FedscoreError("FEDSCORE_WORKER", `${transport.name} ended without an update for each block`);
  return sum;
}

function requireFinite(round: number, { client, nonFiniteStep }: ClientReport): void {
  if (nonFiniteStep === undefined) return;
  const message = `round ${round}: client ${client} lost its loss or parameters to NaN or Infinity in local step ${nonFiniteStep}`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round, client, step: nonFiniteStep });
}
