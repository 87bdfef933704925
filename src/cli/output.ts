import { FedscoreError } from "../errors.js";
import { causeOf } from "../experiment/files/cause.js";
import { RunFailure } from "./exit.js";
import { printable, withoutHidden } from "./terminal.js";

/**
 * Whoever reads the standard streams may leave at any time: a closed pipe or terminal ends no work. `printResult` reports what stdout does
 * not take; where stderr takes nothing there is nobody left to tell.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** Writes a result for people to stdout; see `write`. */
export function printResult(text: string): Promise<void> {
  return write(printable(text));
}

/** Writes what another program reads, and what has no words of users in it, to stdout; see `write`. */
export function printScript(text: string): Promise<void> {
  return write(text);
}

/** Writes a result for programs to stdout; see `write`. */
export function printJson(value: unknown): Promise<void> {
  const text = withoutHidden(JSON.stringify(value, null, 2), (unit) => `\\u${unit.toString(16).padStart(4, "0")}`);
  return write(`${text}\n`);
}

/**
 * Writes to stdout and waits until it is taken; a reader that has left is no error.
 * @throws RunFailure FEDSCORE_FILE where it cannot be written, as on a full disk.
 */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error || isClosedPipe(error)) return resolve();
      const message = `cannot write to standard output: ${causeOf(error)}`;
      reject(new RunFailure(new FedscoreError("FEDSCORE_FILE", message, {}, error)));
    });
  });
}

function isClosedPipe(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}
