import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import type { Mask } from "../pruning/mask.js";
import type { AbsentClient, ArrivedUpdate, Block, ClientReport, TrainingSetup } from "./messages.js";

/** Where a client of a block ended, or that it gave no update. */
export type ClientOutcome =
  | {
      /**
       * float32 [kept]: where it ended, the entries that its mask keeps, in their order; how far it moved, where the setup has an encoding; empty
       * where the update is not finite.
       */
      readonly local: Float32Array;
      readonly report: ClientReport;
    }
  | { readonly absent: AbsentClient };

/** The entries of the server's parameters, float32 [P], that a mask keeps, in their order: what its client is sent. */
export function keptParameters(network: NetworkSpec, mask: Mask, parameters: Float32Array): Float32Array<ArrayBuffer> {
  const compiled = compileMask(network, mask);
  const kept = new Float32Array(compiled.kept);
  if (mask.kind === "unstructured") {
    let to = 0;
    for (let i = 0; i < parameters.length; i++) if (mask.keep[i] === 1) kept[to++] = parameters[i];
  } else {
    compiled.visit((start, end, packed) => kept.set(parameters.subarray(start, end), packed));
  }
  return kept;
}

/**
 * The answer to a block whose clients trained apart, in the order of the block: the bytes of `runBlocks` over those that answered, because
 * folding is in float64, without fused multiply-adds, and rounded once.
 */
export function foldClients(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  parameters: Float32Array,
  { id, round, block, clients, commonMask }: Block,
  outcomes: readonly ClientOutcome[],
): ArrivedUpdate {
  const { network } = setup;
  const answered = outcomes.flatMap((outcome, index) =>
    "absent" in outcome ? [] : [{ ...outcome, assignment: clients[index] }],
  );
  const absent = outcomes.flatMap((outcome) => ("absent" in outcome ? [outcome.absent] : []));
  const sum = new Float64Array(commonMask ? compileMask(network, commonMask).kept : parameters.length);
  for (const { local, report, assignment } of answered) {
    if (report.nonFiniteStep !== undefined) continue;
    const { mask, weight } = assignment;
    const start = startOf(setup, mask, parameters);
    let at = 0;
    const fold = (to: number) => {
      sum[to] += weight * (local[at] - start[at]);
      at++;
    };
    if (commonMask) for (let i = 0; i < sum.length; i++) fold(i);
    else eachKept(network, mask, fold);
  }
  const reports = answered.map(({ report }) => report);
  return { id, round, block, sum: Float32Array.from(sum), reports, ...(absent.length > 0 && { absent }) };
}

/** Where a client seems to start: float32 [kept]. An update that was encoded is decoded as one from 0. */
export function startOf(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  mask: Mask,
  parameters: Float32Array,
): Float32Array<ArrayBuffer> {
  const { network } = setup;
  return isEncoded(setup)
    ? new Float32Array(compileMask(network, mask).kept)
    : keptParameters(network, mask, parameters);
}

/** Whether updates travel otherwise than as float32. */
export function isEncoded({ encoding }: Pick<TrainingSetup, "encoding">): boolean {
  return encoding !== undefined && encoding.kind !== "float32";
}

/** Visits the places of what a mask keeps, in the order of `keptParameters`. */
function eachKept(network: NetworkSpec, mask: Mask, visit: (place: number) => void): void {
  if (mask.kind === "unstructured") {
    for (let i = 0; i < mask.keep.length; i++) if (mask.keep[i] === 1) visit(i);
    return;
  }
  compileMask(network, mask).visit((start, end) => {
    for (let i = start; i < end; i++) visit(i);
  });
}
