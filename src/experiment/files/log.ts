import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { writeAtomically } from "./atomic.js";

/** One line of log.jsonl. */
export interface LogEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** Appends an event as one line, in one write. */
export function appendEvent(path: string, event: LogEvent): void {
  appendFileSync(path, `${JSON.stringify(event)}\n`);
}

/** The complete lines of a log; a last line that a crash cut short is left out. */
export function readEvents(path: string): LogEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LogEvent);
}

/** Replaces a log by these events. */
export function rewriteEvents(path: string, events: readonly LogEvent[]): void {
  writeAtomically(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}
