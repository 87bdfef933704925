import { firstNonFinite } from "../../data/finite.js";
import type { TransformData } from "../../data/transforms/transform.js";
import { ArgumentError, ArgumentTypeError, isFedscoreError } from "../../errors.js";
import { sumLength } from "../../federation/blocks.js";
import type {
  AbsentClient,
  ArrivedUpdate,
  Block,
  BlockUpdate,
  RoundTask,
  TrainingSetup,
} from "../../federation/messages.js";
import { type PackedBlock, packAlone, packUpdate, unpackBlocks, unpackUpdate } from "../../federation/packed-blocks.js";
import { checkBlockUpdate, requireBlock } from "../../federation/require-answer.js";
import { layoutOf, type NetworkSpec } from "../../network/spec.js";
import type { Mask } from "../../pruning/mask.js";
import { validateMask } from "../../pruning/validate.js";
import { longestReason, mostMembers, shownText } from "../clients/messages.js";
import { isClientName } from "../clients/names.js";
import { fieldOf, identityIn, integerIn, listIn, objectIn, refused, textIn } from "../protocol.js";

/** What an aggregator and a coordinator say to one another. */

/** What an aggregator is told of a run, once for each of its processes. */
export interface RegionOpening {
  readonly session: string;
  readonly setup: TrainingSetup;
  /** Number of its first client. */
  readonly first: number;
  readonly clients: readonly string[];
  readonly transform: TransformData | undefined;
}

/** @throws FedscoreError FEDSCORE_MESSAGE, as all that read messages here. */
export function readOpening(value: unknown): RegionOpening {
  const body = objectIn(value);
  const transform = fieldOf(body, "transform");
  return {
    session: identityIn(body, "session"),
    setup: objectIn(fieldOf(body, "setup")) as TrainingSetup,
    first: integerIn(body, "first", 2 ** 32 - 1),
    clients: namesIn(body, "clients"),
    transform: transform === undefined ? undefined : (objectIn(transform) as TransformData),
  };
}

/** A block that the clients of a region are to train. */
export interface BlockTask {
  readonly block: Block;
  /** The server's, float32 [P]. */
  readonly parameters: Float32Array;
  /** Seconds after which the round is closed. */
  readonly deadline: number | undefined;
}

/** @param setup that the aggregator was told. */
export function encodeBlock(setup: string, block: Block, { parameters, deadline }: RoundTask): object {
  const { masks, blocks } = packAlone([block]);
  return { setup, parameters, masks, block: blocks[0], ...(deadline !== undefined && { deadline }) };
}

/** The setup that a task is of. */
export function setupIn(value: unknown): string {
  return textIn(objectIn(value), "setup", 256);
}

export function readBlock(value: unknown, network: NetworkSpec): BlockTask {
  const body = objectIn(value);
  const parameters = fieldOf(body, "parameters");
  const { size } = layoutOf(network);
  if (!(parameters instanceof Float32Array) || parameters.length !== size) throw refused(`has no ${size} parameters`);
  if (firstNonFinite(parameters) >= 0) throw refused("has parameters that are not finite");
  const deadline = fieldOf(body, "deadline");
  if (deadline !== undefined && !(typeof deadline === "number" && deadline > 0 && deadline <= 2_147_483))
    throw refused("has no seconds in deadline");
  return inBlock(() => {
    const masks = listIn(body, "masks") as readonly Mask[];
    for (const [index, mask] of masks.entries()) validateMask(`masks[${index}]`, network, mask);
    const packed = objectIn(fieldOf(body, "block")) as PackedBlock;
    requirePacked(packed, masks.length);
    const [block] = unpackBlocks([packed], masks);
    requireBlock(network, block);
    return { block, parameters, deadline };
  });
}

function requirePacked({ clients }: PackedBlock, masks: number): void {
  if (!(clients instanceof Float64Array) || clients.length === 0 || clients.length % 4 !== 0)
    throw refused("has no clients in its block");
  for (let at = 0; at < clients.length; at += 4) {
    if (!(Number.isInteger(clients[at + 1]) && clients[at + 1] >= 0 && clients[at + 1] < masks))
      throw refused("names a mask that is not there");
    if (!(clients[at + 3] > 0 && Number.isFinite(clients[at + 3]))) throw refused("has a weight that is none");
  }
}

function inBlock<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof ArgumentTypeError)
      throw refused(`has no block: ${error.message}`);
    throw error;
  }
}

export function encodeUpdate(update: ArrivedUpdate): object {
  const { reports } = packUpdate(update);
  return { sum: update.sum, reports, absent: update.absent ?? [] };
}

/** Most bytes of the answer to a block. */
export function mostBlockBytes(network: NetworkSpec, block: Block): number {
  return 4 * sumLength(network, block) + (64 + 8 * longestReason) * block.clients.length + 4096;
}

/** @param maximumNorm largest norm of one client's update. */
export function readBlockUpdate(
  value: unknown,
  {
    network,
    block,
    maximumNorm,
  }: { readonly network: NetworkSpec; readonly block: Block; readonly maximumNorm: number },
): BlockUpdate {
  const body = objectIn(value);
  const [sum, reports] = [fieldOf(body, "sum"), fieldOf(body, "reports")];
  if (!(sum instanceof Float32Array) || !(reports instanceof Float64Array)) throw refused("has no sum and reports");
  const absent = listIn(body, "absent").map((each) => absenceIn(objectIn(each)));
  const { id, round, block: number } = block;
  const packed = { id, round, block: number, reports, ...(absent.length > 0 && { absent }) };
  let update: BlockUpdate;
  try {
    update = checkBlockUpdate(network, block, unpackUpdate(packed, sum));
  } catch (error) {
    if (isFedscoreError(error)) throw refused(`has no update: ${error.message}`);
    throw error;
  }
  const most = maximumNorm * block.clients.reduce((total, { weight }) => total + weight, 0);
  const norm = Math.sqrt(sum.reduce((squares, each) => squares + each * each, 0));
  if (norm > most) throw refused(`has a sum of norm ${norm.toPrecision(4)}, beyond the ${most} that are allowed`);
  return update;
}

function absenceIn(absence: object): AbsentClient {
  const message = "message" in absence && { message: shownText(textIn(absence, "message", longestReason)) };
  // The reason is checked with the update.
  const reason = textIn(absence, "reason", 16) as AbsentClient["reason"];
  return { client: integerIn(absence, "client", 2 ** 32 - 1), reason, ...message };
}

/** Clients of an aggregator, and the rows of each. */
export interface Members {
  readonly names: readonly string[];
  readonly rows: Float64Array;
  readonly heldOut: Float64Array;
}

/** @param expected what the aggregator says of all of them together. */
export function readMembers(
  value: unknown,
  expected: { readonly members: number; readonly rows: number; readonly heldOut: number },
): Members {
  const body = objectIn(value);
  const names = namesIn(body, "names");
  const rows = countsIn(body, "rows", names.length, expected.rows);
  const heldOut = countsIn(body, "heldOut", names.length, expected.heldOut);
  if (names.length !== expected.members) throw refused(`names ${names.length} clients, not ${expected.members}`);
  if (rows.some((count) => count === 0)) throw refused("names a client without rows");
  return { names, rows, heldOut };
}

function countsIn(body: object, key: string, length: number, total: number): Float64Array {
  const counts = fieldOf(body, key);
  if (!(counts instanceof Float64Array) || counts.length !== length) throw refused(`has no ${length} counts in ${key}`);
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw refused(`has no counts in ${key}`);
  const sum = counts.reduce((all, count) => all + count, 0);
  if (sum !== total) throw refused(`counts ${sum} in ${key}, not ${total}`);
  return counts;
}

/** Names of clients, each once. */
function namesIn(body: object, key: string): readonly string[] {
  const names = listIn(body, key);
  if (names.length === 0 || names.length > mostMembers) throw refused(`names ${names.length} clients`);
  const isName = (name: unknown): name is string => typeof name === "string" && isClientName(name);
  if (!names.every(isName) || new Set(names).size !== names.length) throw refused(`names no clients in ${key}`);
  return names;
}
