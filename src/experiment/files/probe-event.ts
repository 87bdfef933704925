import type { RoundProbe } from "../../theory/apriori/round-fold.js";
import type { LogEvent } from "./log.js";

/** A probe as log.jsonl keeps it. JSON has no NaN and no Infinity: they stand there by name, as they must not be lost in a resumed run. */
export interface ProbeEvent extends LogEvent {
  readonly event: "probe";
  readonly round: number;
}

export function probeEvent(probe: RoundProbe): ProbeEvent {
  const named = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return { event: "probe", round: probe.round, ...(JSON.parse(JSON.stringify(probe, named)) as object) };
}

export function probeOf({ event: _, ...logged }: ProbeEvent): RoundProbe {
  const numbers = (_: string, value: unknown) => (typeof value === "string" ? Number(value) : value);
  return JSON.parse(JSON.stringify(logged), numbers) as RoundProbe;
}
