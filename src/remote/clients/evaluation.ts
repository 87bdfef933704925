import { absenceReasons } from "../../federation/messages.js";
import { fieldOf, integerIn, objectIn, refused, textIn } from "../protocol.js";
import { type HeldOutLoss, readLoss } from "./answers.js";
import type { ClientEvaluation } from "./client-evaluation.js";
import type { Reply } from "./link.js";
import { longestReason, shownText } from "./messages.js";

export function evaluationOf(client: number, reply: Reply<HeldOutLoss>): ClientEvaluation {
  if ("value" in reply) return { client, ...reply.value };
  const { none: reason, message } = reply;
  return { client, reason, ...(message !== undefined && { message }) };
}

/**
 * What somebody says of one client of several that it stands for.
 * @param client its number in the federation.
 * @throws FedscoreError FEDSCORE_MESSAGE.
 */
export function readEvaluation(value: unknown, client: number): ClientEvaluation {
  const message = objectIn(value);
  if ("loss" in message) return { client, ...readLoss(message, integerIn(message, "rows", 2 ** 32 - 1)) };
  const reason = absenceReasons.find((each) => each === fieldOf(message, "reason"));
  if (reason === undefined) throw refused("has neither a loss nor a reason");
  const text = "message" in message && { message: shownText(textIn(message, "message", longestReason)) };
  return { client, reason, ...text };
}
