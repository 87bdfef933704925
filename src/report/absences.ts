import type { ExperimentResult } from "../experiment/result/schema.js";
import { absenceReasons } from "../federation/messages.js";
import { formatInteger } from "./format.js";

type Rounds = ExperimentResult["training"]["perRound"];

/** "3 of 48: 2 late, 1 lost"; undefined where every client that was asked answered. */
export function absenceWords(perRound: Rounds): string | undefined {
  const reasons = perRound.flatMap(({ absent }) => absent.map(({ reason }) => reason));
  if (reasons.length === 0) return undefined;
  const asked = perRound.reduce((sum, { participants }) => sum + participants, 0);
  const counts = absenceReasons.flatMap((reason) => {
    const count = reasons.filter((each) => each === reason).length;
    return count > 0 ? [`${formatInteger(count)} ${reason}`] : [];
  });
  return `${formatInteger(reasons.length)} of ${formatInteger(asked)}: ${counts.join(", ")}`;
}
