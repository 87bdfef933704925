import type { ClientsLink } from "../../remote/clients/link.js";
import { type ClassCounts, mostClasses } from "../../remote/clients/policy.js";
import { gatherClasses } from "../../remote/clients/statistics.js";
import type { ExperimentResult } from "../result/schema.js";
import type { RunClients } from "./clients-file.js";

/** What the rows are called whose class is too small to be named. */
const unnamedClasses = "smaller classes";

/** Which classes each client holds, where the policies of all of them give that; undefined where one does not, or they are too many to show. */
export async function gatherPartition(
  link: ClientsLink,
  { clients }: RunClients,
  signal: AbortSignal | undefined,
): Promise<ExperimentResult["partition"]> {
  const names = clients.map(({ name }) => name);
  if (!names.every((name) => link.roster.seats.get(name)?.hello.gives.includes("classes"))) return undefined;
  const given = await gatherClasses(link, names, signal);
  const counted = given.flatMap(({ reply }) => ("value" in reply ? [reply.value] : []));
  if (counted.length < names.length) return undefined;
  const classes = [...new Set(counted.flatMap((each) => [...each.classes]))].sort((a, b) => a - b);
  if (classes.length > mostClasses) return undefined;
  const isWhole = counted.every(({ unnamed }) => unnamed === 0);
  return {
    classes: [...classes.map(String), ...(isWhole ? [] : [unnamedClasses])],
    counts: counted.map((each) => [...rowsOf(each, classes), ...(isWhole ? [] : [each.unnamed])]),
  };
}

/** Rows of each of some classes. */
function rowsOf({ classes, counts }: ClassCounts, labels: readonly number[]): number[] {
  const rows = new Map(Array.from(classes, (label, index) => [label, counts[index]]));
  return labels.map((label) => rows.get(label) ?? 0);
}
