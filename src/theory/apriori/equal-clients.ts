import type { Assumption } from "../bound.js";
import type { OfClient } from "./assigned-range.js";
import type { RunFacts } from "./measured-constants.js";
import type { RoundProbe } from "./round-fold.js";
import type { DroppedUpdate, LeftOut, RunKind } from "./run-kind.js";

/** That a round has the clients that the constants speak of, and all of them do the same: as the run says of itself, and as its probes saw it. */
export function equalClients(
  { localSteps, participants }: Pick<RunFacts, "localSteps" | "participants">,
  { ownSteps = [], dropped = [], absent = [] }: Pick<RunKind, "ownSteps" | keyof LeftOut>,
  probes: readonly RoundProbe[],
): Assumption[] {
  const assigned = probes.flatMap(({ round, assigned }) => (assigned ? [{ round, ...assigned }] : []));
  const looked = `seen in ${assigned.length} probed rounds`;
  const crowded = assigned.find(({ clients }) => clients > participants);
  const said = ownSteps.map(({ client, localSteps }): OfClient => ({ client, value: localSteps }));
  const seen = assigned.flatMap(({ localSteps: { least, most } }) => [least, most]);
  const unequal = [...said, ...seen].filter(({ value }) => value !== localSteps);
  const steps = listed(unequal.map(({ client, value }) => `client ${client} takes ${value}`));
  const uneven = assigned.find(({ weight: { least, most } }) => least.value !== most.value);
  const lost = [
    ...(dropped.length > 0 ? [`${leftOut(dropped)}: that depends on the draws of its gradients`] : []),
    ...(absent.length > 0 ? [`${missing(absent)}: what that depends on is not known`] : []),
  ];
  return [
    {
      statement: "no round has more than N clients",
      met: crowded === undefined,
      evidence: crowded ? `N = ${participants}, round ${crowded.round} has ${crowded.clients}` : looked,
    },
    {
      statement: "every client takes T_l local steps",
      met: unequal.length === 0,
      evidence: unequal.length === 0 ? looked : `T_l = ${localSteps}, ${steps}`,
    },
    {
      statement: "every update weighs the same",
      met: uneven === undefined,
      evidence: uneven ? weights(uneven.round, uneven.weight.least, uneven.weight.most) : looked,
    },
    {
      statement: "every update enters the average of its round",
      met: lost.length === 0,
      evidence: lost.length === 0 ? "none was dropped, all clients answered" : lost.join("; "),
    },
  ];
}

function leftOut(dropped: readonly DroppedUpdate[]): string {
  return listed(dropped.map(({ client, round }) => `client ${client} was left out of round ${round}`));
}

function missing(absent: readonly DroppedUpdate[]): string {
  return listed(absent.map(({ client, round }) => `client ${client} gave no update in round ${round}`));
}

function weights(round: number, least: OfClient, most: OfClient): string {
  return `in round ${round} client ${least.client} weighs ${least.value} and client ${most.client} ${most.value}`;
}

const mostListed = 8;

/** Each once; of many the first few. */
function listed(all: readonly string[]): string {
  const each = [...new Set(all)];
  const rest = each.length - mostListed;
  return [...each.slice(0, mostListed), ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}
