import type { TrainingSetup } from "../../federation/messages.js";
import { mostSmallBytes } from "../clients/answers.js";
import type { ClientEvaluation } from "../clients/client-evaluation.js";
import { evaluationOf, readEvaluation } from "../clients/evaluation.js";
import type { ClientsLink } from "../clients/link.js";
import { longestReason, mostMembers } from "../clients/messages.js";
import { eachOf } from "../clients/statistics.js";
import { listIn, objectIn, refused } from "../protocol.js";
import { type Members, readMembers } from "./messages.js";
import type { Region } from "./regions.js";

/** Bytes of what an aggregator says of one client, at most. */
const eachBytes = 8 * longestReason;

/** The clients that each aggregator stands for, in the order of the names. */
export function gatherMembers(link: ClientsLink, names: readonly string[], signal: AbortSignal | undefined) {
  return eachOf<Members>(names, signal, (name, until) => {
    const { members = 0, rows = 0, heldOut = 0 } = link.roster.seats.get(name)?.hello ?? {};
    const read = (value: unknown) => readMembers(value, { members, rows, heldOut });
    const most = mostSmallBytes + eachBytes * Math.min(members, mostMembers);
    return link.ask({ name, kind: "members", body: {}, most, read, signal: until });
  });
}

/** The loss of the whole network on what each client of the regions holds out, in the order of the clients. */
export async function gatherRegionLosses(
  link: ClientsLink,
  regions: readonly Region[],
  { id, network }: TrainingSetup,
  parameters: Float32Array,
  signal: AbortSignal | undefined,
): Promise<ClientEvaluation[]> {
  const known = new Map(regions.map((region) => [region.name, region]));
  const given = await eachOf<ClientEvaluation[]>([...known.keys()], signal, (name, until) => {
    const { first = 0, clients: { length } = [] } = known.get(name) ?? {};
    const heldOut = link.roster.seats.get(name)?.hello.heldOut ?? 0;
    const body = { setup: id, network, parameters };
    const most = mostSmallBytes + eachBytes * length;
    const read = (value: unknown) => evaluationsIn(value, { first, length, heldOut });
    return link.ask({ name, kind: "loss", body, most, read, signal: until });
  });
  return given.flatMap(({ name, reply }) => {
    if ("value" in reply) return reply.value;
    const { first = 0, clients = [] } = known.get(name) ?? {};
    return clients.map((_, index) => evaluationOf(first + index, reply));
  });
}

function evaluationsIn(
  value: unknown,
  { first, length, heldOut }: { readonly first: number; readonly length: number; readonly heldOut: number },
): ClientEvaluation[] {
  const list = listIn(objectIn(value), "evaluations");
  if (list.length !== length) throw refused(`has losses of ${list.length} clients, not ${length}`);
  const read = list.map((each, index) => readEvaluation(each, first + index));
  const rows = read.reduce((sum, each) => sum + ("rows" in each ? each.rows : 0), 0);
  if (rows > heldOut) throw refused(`has losses of ${rows} rows, more than the ${heldOut} that are held out`);
  return read;
}
