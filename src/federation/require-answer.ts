import { firstNonFinite } from "../data/finite.js";
import { FedscoreError, requireArray, requireInteger, requireObject, requireText } from "../errors.js";
import { layoutOf, type NetworkSpec, requireNetwork } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { validateMask } from "../pruning/validate.js";
import { sumLength } from "./blocks.js";
import { type Carried, carriedNames } from "./client-states.js";
import { finiteReports } from "./finite-reports.js";
import type { Block, BlockUpdate } from "./messages.js";
import { requireUpdate } from "./require-update.js";

/**
 * What came back for a block from a machine that is not trusted: of the right shape, for the clients of the block and finite. A federation
 * ends its run where its transport gives it anything else; a transport that asks first can say that the clients are lost.
 * @throws FedscoreError FEDSCORE_WORKER saying what of it is wrong.
 */
export function checkBlockUpdate(network: NetworkSpec, block: Block, value: BlockUpdate): BlockUpdate {
  requireNetwork("network", network);
  requireBlock(network, block);
  const { id } = block;
  const update: BlockUpdate = requireUpdate(value);
  if (update.id !== id || update.round !== block.round || update.block !== block.block)
    throw mismatch(update, `does not answer block ${id}`);
  requireAnswer(network, block, update);
  const broken = firstNonFinite(update.sum);
  if (broken >= 0) throw mismatch(update, `has ${update.sum[broken]} at parameter ${broken}`);
  return update;
}

/** Throws unless this is a block of a federation of that network. */
export function requireBlock(network: NetworkSpec, block: Block): void {
  const { id, round, block: number, clients, commonMask } = requireObject("block", block);
  requireText("block.id", id);
  requireInteger("block.round", round, 0);
  requireInteger("block.block", number, 0);
  requireArray("block.clients", clients);
  for (const [index, each] of clients.entries()) {
    const place = `block.clients[${index}]`;
    const { client, mask, localSteps } = requireObject(place, each);
    requireInteger(`${place}.client`, client, 0);
    requireInteger(`${place}.localSteps`, localSteps, 0);
    validateMask(`${place}.mask`, network, mask);
  }
  if (commonMask !== undefined) validateMask("block.commonMask", network, commonMask);
}

/** @throws FedscoreError FEDSCORE_WORKER where an update has another length than its block's, or is not about its clients. */
export function requireAnswer(network: NetworkSpec, block: Block, update: BlockUpdate): void {
  const { sum, reports } = update;
  const length = sumLength(network, block);
  if (sum.length !== length && (sum.length > 0 || reports.length > 0))
    throw mismatch(update, `has ${sum.length} parameters, not ${length}`);
  const problem = clientsProblem(block, update);
  if (problem !== undefined) throw mismatch(update, `does not report on the clients of its block: ${problem}`);
  requireCounts(network, block, update);
  requireStates(layoutOf(network).size, update);
}

/** What is counted of a client's work follows from its assignment: its traffic and arithmetic are not what it says they are. */
function requireCounts(network: NetworkSpec, { clients }: Block, update: BlockUpdate): void {
  let at = 0;
  for (let index = 0; index < update.reports.length; index++) {
    const { client, parameters, steps, flops } = update.reports[index];
    while (clients[at].client !== client) at++;
    const { mask, localSteps } = clients[at];
    const { kept } = compileMask(network, mask);
    if (parameters !== kept)
      throw mismatch(update, `reports that client ${client} keeps ${parameters} parameters, not ${kept}`);
    if (!(Number.isInteger(steps) && steps >= 0 && steps <= localSteps))
      throw mismatch(update, `reports ${steps} steps of client ${client}, at most ${localSteps} are asked for`);
    if (!(flops >= 0)) throw mismatch(update, `reports ${flops} operations of client ${client}`);
  }
}

function requireStates(length: number, update: BlockUpdate): void {
  const { states, reports } = update;
  if (states === undefined) return;
  const finite = finiteReports(reports).length;
  if (states.length !== finite)
    throw mismatch(update, `has what ${states.length} clients carry, of ${finite} finite updates`);
  for (const [key, name] of Object.entries(carriedNames))
    for (const { [key as Carried]: vector } of states) {
      if (vector === undefined) continue;
      if (vector.length !== length)
        throw mismatch(update, `has a ${name} of ${vector.length} parameters, not ${length}`);
      const broken = firstNonFinite(vector);
      if (broken >= 0) throw mismatch(update, `has a ${name} with ${vector[broken]} at parameter ${broken}`);
    }
}

/**
 * Throws where levels are drawn by losses and the update of a client came without them, or with other than sums and counts.
 * @param sums float64 [2, bins] that they are added to.
 */
export function requireLossSums({ length }: Float64Array, update: BlockUpdate): void {
  const { lossSums, reports } = update;
  if (lossSums === undefined) {
    if (finiteReports(reports).length === 0) return;
    throw mismatch(update, "came without the sums of its losses, by which noise levels are drawn");
  }
  if (lossSums.length !== length) throw mismatch(update, `has ${lossSums.length} sums of losses, not ${length}`);
  const odd = lossSums.findIndex((sum) => !(sum >= 0 && sum < Number.POSITIVE_INFINITY));
  if (odd >= 0) throw mismatch(update, `has ${lossSums[odd]} as a sum of losses`);
}

/** An update that is not what it is taken for. */
export function mismatch({ id, round, block }: BlockUpdate, problem: string): FedscoreError {
  return new FedscoreError("FEDSCORE_WORKER", `update ${id} ${problem}`, { id, round, block });
}

/** What is wrong with the clients that an update names; undefined where each of its block is reported or absent, in their order. */
function clientsProblem(block: Block, update: BlockUpdate): string | undefined {
  const { reports, absent = [] } = update;
  let reported = 0;
  let missing = 0;
  for (let asked = 0; asked < block.clients.length; asked++) {
    const { client } = block.clients[asked];
    if (reports[reported]?.client === client) reported++;
    else if (absent[missing]?.client === client) missing++;
    else if (reported < reports.length || missing < absent.length || !isStopped(block, update))
      return `client ${client} is neither reported nor absent in its turn`;
  }
  const odd = reports.at(reported) ?? absent.at(missing);
  return odd && `client ${odd.client} is none of them, or named twice`;
}

/** True where the block ended at a client whose update was not finite. */
function isStopped(block: Block, { reports }: BlockUpdate): boolean {
  return block.nonFinite === "stop" && reports.at(-1)?.nonFiniteStep !== undefined;
}
