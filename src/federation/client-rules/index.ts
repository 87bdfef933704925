import { createFrom, familyOf, type SpecOf } from "../../family.js";
import type { ClientRule } from "./client-rule.js";
import { fedProx } from "./fedprox.js";
import { plain } from "./plain.js";

export type { ClientRule, ClientStart } from "./client-rule.js";

/** Every client rule by its kind. */
export const clientRules = familyOf(plain, fedProx);

/** What clients do in their local steps, as plain data: `kind` is the rule's name, settings may be absent for their defaults. */
export type ClientRuleSpec = SpecOf<typeof clientRules>;

/** The rule that a specification names. Throws ArgumentError naming what is out of range, as `${argument}.mu`. */
export function createClientRule(argument: string, spec: ClientRuleSpec): ClientRule {
  return createFrom(clientRules, argument, spec);
}
