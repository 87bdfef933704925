import { FedscoreError, isFedscoreError } from "../../errors.js";

/**
 * One error for two: code, details and stack are those of the first, both are in its causes.
 * @param consequence what they mean together.
 */
export function twoErrors(first: unknown, consequence: string, second: unknown): Error {
  const message = [messageOf(first), `${consequence}: ${messageOf(second)}`].join("\n");
  const both = new AggregateError([first, second], message);
  if (!isFedscoreError(first)) return withStackOf(first, both);
  const details = first instanceof FedscoreError ? first.details : {};
  return new FedscoreError(first.code, message, details, both);
}

/** A mistake of fedscore is found by where it was made. */
function withStackOf(first: unknown, both: Error): Error {
  if (first instanceof Error) both.stack = `${both.message}\n${first.stack}`;
  return both;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
