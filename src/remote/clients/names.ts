import { ArgumentError } from "../../errors.js";
import type { DataPlace } from "../data-store.js";
import { streams } from "../streams.js";

/** Where a federation's coordinator and its clients meet on a server. A run is one federation, also over several starts of its coordinator. */
export const clientSubjects = {
  /** From each client, each second: that it is there. */
  hello: (name: string) => `fedscore.hello.${name}`,
  tasks: (run: string, name: string) => `fedscore.tasks.${run}.${name}`,
  update: (run: string, name: string, task: string) => `fedscore.updates.${run}.${name}.${task}`,
  chunk: (run: string, name: string, object: string, index: number | "*") =>
    `fedscore.client.${run}.${name}.${object}.${index}`,
} as const;

/** The durable consumer of a client, which the coordinator makes. */
export const consumerOf = (name: string): string => `client-${name}`;

/** The place of what is too large for a message, for and from one client alone. */
export function clientPlace(run: string, client: string): DataPlace {
  return { stream: streams.clientData, subject: (name, index) => clientSubjects.chunk(run, client, name, index) };
}

/** Throws unless a text may name a client: it becomes a part of subjects. */
export function requireClientName(argument: string, name: string): string {
  if (typeof name === "string" && isClientName(name)) return name;
  throw new ArgumentError(argument, "must be 1 to 64 letters, digits, dashes and underscores", name);
}

export function isClientName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name);
}
