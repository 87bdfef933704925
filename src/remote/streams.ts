import { streamNames } from "./protocol.js";

/** The streams of fedscore on a server, by what they hold. */
export const streams = {
  ...streamNames,
  tasks: "FEDSCORE_TASKS",
  updates: "FEDSCORE_UPDATES",
  clientData: "FEDSCORE_CLIENT_DATA",
  /** The last status of each run. */
  status: "FEDSCORE_STATUS",
} as const;

export const statusSubject = (run: string): string => `fedscore.status.${run}`;
