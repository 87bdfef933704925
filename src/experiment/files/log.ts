import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { writeAtomically } from "./atomic.js";
import { onPath } from "./on-path.js";

/** One line of log.jsonl: for people and their tools. Nothing is ever computed from a log; what a resumed run needs is in its checkpoint. */
export interface LogEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** How the first line of a run's log begins. */
const beginning = '{"event":"start"';

/** Appends an event as one line, in one write. @throws FedscoreError FEDSCORE_FILE. */
export function appendEvent(path: string, event: LogEvent): void {
  onPath("write", path, () => appendFileSync(path, `${JSON.stringify(event)}\n`));
}

/** Whether a file is the log of a run, of which a crash may have left the beginning of its first line alone. */
export function isLog(path: string): boolean {
  if (!existsSync(path)) return false;
  return onPath("read", path, () => {
    const bytes = Buffer.alloc(beginning.length);
    const file = openSync(path, "r");
    try {
      return bytes.toString("latin1", 0, readSync(file, bytes)) === beginning;
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Replaces a log by `start`, those of its lines that `isKept` and `next`. Lines that a crash or a disk damaged are left out.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export function continueLog(
  path: string,
  { start, next, isKept }: { start: LogEvent; next: LogEvent; isKept: (event: LogEvent) => boolean },
): void {
  const lines = existsSync(path) ? onPath("read", path, () => readFileSync(path, "utf8")).split("\n") : [];
  const events = lines.filter((line) => line !== "").map(eventOf);
  const damaged = events.filter((event) => event === undefined).length;
  const kept = events.filter((event) => event !== undefined).filter(isKept);
  const last = damaged > 0 ? { ...next, damagedLines: damaged } : next;
  writeAtomically(path, [start, ...kept, last].map((event) => `${JSON.stringify(event)}\n`).join(""));
}

function eventOf(line: string): LogEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is LogEvent {
  return typeof value === "object" && value !== null && "event" in value && typeof value.event === "string";
}
