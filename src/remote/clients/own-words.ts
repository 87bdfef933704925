import { isFedscoreError } from "../../errors.js";
import { Refusal } from "./no-answer.js";

/**
 * Does what needs the rows of this side. An error may say where their numbers lie: others are told no more than `said`.
 * @throws Refusal with the error as its cause.
 */
export function inOwnWords<Result>(said: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (isFedscoreError(error)) throw new Refusal(said, { cause: error });
    throw error;
  }
}
