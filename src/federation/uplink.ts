import { type Engine, Float32Block } from "../kernels/index.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { gatherKept, scatterKept } from "../pruning/kept-entries.js";
import type { TrainedClient } from "./block-sum.js";
import { clipUpdate } from "./client-privacy/clip-update.js";
import { type Encoding, firstBeyond, uncheckedEncoding } from "./encodings/index.js";
import type { TrainingSetup } from "./messages.js";
import { encodingOf } from "./start-of.js";

/** An update that was encoded where its client runs, and decoded again. */
export interface SentUpdate {
  /** What the server sees of the client: as if it had started at 0 and ended at the decoded update. */
  readonly client: TrainedClient;
  readonly bytes: number;
  /** Whether it was no longer than the largest norm before it was clipped. */
  readonly isWithin: boolean;
  /** What travels. */
  readonly encoded: Uint8Array<ArrayBuffer>;
  /** float32 [P]: what the client has not sent yet. Absent where the encoding has no feedback. */
  readonly residual?: Float32Array<ArrayBuffer>;
}

/** The way of updates to the server. */
export interface Uplink {
  readonly feedback: boolean;
  /** Where all clients seem to start: float32 [P] of zeros. */
  readonly start: Float32Block;
  /** In the current arena scope. undefined: the update has a number that the encoding does not carry. */
  send(round: number, client: TrainedClient, clipNorm?: number): SentUpdate | undefined;
}

/**
 * Allocates in the current arena scope. undefined: updates are summed as they are.
 * @param clips whether updates have a largest norm.
 */
export function openUplink(
  engine: Engine,
  setup: TrainingSetup,
  { length, clips }: { readonly length: number; readonly clips: boolean },
): Uplink | undefined {
  const spec = encodingOf(setup, clips);
  if (spec === undefined) return undefined;
  const encoding = uncheckedEncoding(engine, spec);
  const start = engine.arena.floats(length);
  start.array.fill(0);
  return {
    feedback: encoding.feedback,
    start,
    send: (round, client, clipNorm = Number.POSITIVE_INFINITY) =>
      send(engine, setup, { encoding, zeros: start, clipNorm }, round, client),
  };
}

function send(
  engine: Engine,
  { network, seed }: TrainingSetup,
  {
    encoding,
    zeros,
    clipNorm,
  }: { readonly encoding: Encoding; readonly zeros: Float32Block; readonly clipNorm: number },
  round: number,
  { assignment, start, local }: TrainedClient,
): SentUpdate | undefined {
  const { client, mask, state, weight } = assignment;
  const largest = clipNorm / weight;
  const residual = state?.residual;
  const compiled = compileMask(network, mask);
  const moved = difference(local.array, start.parameters.array);
  const wanted = mask.kind === "unstructured" ? gatherKept(compiled, moved) : moved;
  const isWithin = clipUpdate(wanted, largest);
  const unsent = residual && gatherKept(compiled, residual);
  if (unsent) for (let i = 0; i < wanted.length; i++) wanted[i] += unsent[i];
  if (firstBeyond(wanted, encoding.largest) >= 0) return undefined;
  const bytes = encoding.encode(wanted, { seed, round, client });
  const decoded = encoding.decode(bytes, wanted.length);
  // An encoding may round to a longer vector; whoever decodes it clips it as well.
  clipUpdate(decoded, largest);
  const seen = engine.arena.floats(local.length);
  if (mask.kind === "unstructured") scatterKept(compiled, decoded, seen.array.fill(0));
  else seen.array.set(decoded);
  const parameters = new Float32Block(engine.arena, zeros.pointer, local.length);
  const sent = {
    client: { assignment, start: { ...start, parameters }, local: seen },
    bytes: bytes.length,
    isWithin,
    encoded: bytes,
  };
  if (!encoding.feedback) return sent;
  const left = residual?.slice() ?? new Float32Array(zeros.length);
  scatterKept(compiled, difference(wanted, decoded), left);
  return { ...sent, residual: left };
}

function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(a.length);
  for (let i = 0; i < values.length; i++) values[i] = a[i] - b[i];
  return values;
}
