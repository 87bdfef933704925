import { type CompleteClientRule, createClientRule } from "./client-rules/index.js";
import { type Carried, requireRoom } from "./client-states.js";
import { type CompleteEncoding, hasFeedback } from "./encodings/index.js";

/** What decides what clients carry from round to round. */
export interface Carrying {
  readonly encoding: CompleteEncoding;
  readonly clientRule: CompleteClientRule;
}

/** What clients of a federation with these settings carry from round to round. */
export function carriedBy({ encoding, clientRule }: Carrying): readonly Carried[] {
  return [
    ...(hasFeedback(encoding) ? (["residual"] as const) : []),
    ...(createClientRule("clientRule", clientRule).controls ? (["control"] as const) : []),
  ];
}

/** Vectors of all clients have to fit the server's memory. */
export function requireStateRoom(settings: Carrying, clients: number, parameters: number): void {
  const settingOf = { residual: "encoding.feedback", control: "clientRule" } as const;
  const given = { residual: true, control: settings.clientRule };
  for (const name of carriedBy(settings)) requireRoom(settingOf[name], given[name], clients, parameters);
}
