import { type ErrorCode, FedscoreError, isFedscoreError } from "../errors.js";
import { failedParts, failureSentence } from "../experiment/result/not-computed.js";
import { printable } from "./terminal.js";

export const ExitCode = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

const inputCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "FEDSCORE_INVALID_ARGUMENT",
  "FEDSCORE_INVALID_TYPE",
  "FEDSCORE_INVALID_CONFIG",
  "FEDSCORE_INVALID_DATA",
  "FEDSCORE_FILE",
  "FEDSCORE_CHECKPOINT",
  "FEDSCORE_UNSUPPORTED",
]);

/** An error of a run that had begun: whatever its code, the input was good. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** Throws where a part of a result could not be computed, naming these parts and why; `then` says what is left and what to do. */
export function requireComplete(result: object, then?: string): void {
  const failed = failedParts(result);
  if (failed.length === 0) return;
  const message = [failureSentence(failed), ...(then === undefined ? [] : [then])].join("; ");
  throw new RunFailure(new FedscoreError(failed[0].code, message, { parts: failed.map(({ part }) => part) }));
}

/** Prints an error to stderr and returns the exit code it means. Only a mistake of fedscore itself has a stack trace. */
export function reportError(error: unknown): number {
  if (isAbort(error)) return ExitCode.interrupted;
  const cause = behind(error);
  const code = codeOf(cause);
  if (code === undefined) {
    print(`unexpected error, please report it: ${cause instanceof Error ? cause.stack : String(cause)}`);
    return ExitCode.failed;
  }
  print(messageOf(cause));
  const runBegan = error instanceof RunFailure && code !== "FEDSCORE_CHECKPOINT";
  return inputCodes.has(code) && !runBegan ? ExitCode.badInput : ExitCode.failed;
}

/** Whether an error says that the user interrupted. */
export function isAbort(error: unknown): boolean {
  return codeOf(behind(error)) === "FEDSCORE_ABORTED";
}

/** What failed: a failure may be reported on its way out of several stages. */
function behind(error: unknown): unknown {
  return error instanceof RunFailure ? behind(error.cause) : error;
}

function print(text: string): void {
  for (const line of text.split("\n")) process.stderr.write(printable(`fedscore: ${line}\n`));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): ErrorCode | undefined {
  return isFedscoreError(error) ? error.code : undefined;
}
