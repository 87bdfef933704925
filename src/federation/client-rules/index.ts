import { ArgumentError, requireMethods } from "../../errors.js";
import { complete, createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import { boolean, optional } from "../../fields.js";
import type { ClientRule, OwnClientRule } from "./client-rule.js";
import { fedNova } from "./fednova.js";
import { fedProx } from "./fedprox.js";
import { plain } from "./plain.js";
import { scaffold } from "./scaffold.js";

export type { ClientControls, ClientRule, ClientStart, LocalSteps, OwnClientRule } from "./client-rule.js";

/** Every client rule by its kind. */
export const clientRules = familyOf(plain, fedProx, scaffold, fedNova);

/** What clients do in their local steps, as plain data: `kind` is the rule's name, settings may be absent for their defaults. */
export type ClientRuleSpec = SpecOf<typeof clientRules>;

/** A specification with all its defaults, or a rule of the caller's own. */
export type CompleteClientRule = FilledSpecOf<typeof clientRules> | OwnClientRule;

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, as `${argument}.mu`. */
export function completeClientRule(argument: string, rule: ClientRuleSpec | OwnClientRule): CompleteClientRule {
  return isOwnRule(rule) ? requireOwn(argument, rule) : complete(clientRules, argument, rule);
}

/** The rule that is meant. Throws as `completeClientRule`. */
export function createClientRule(argument: string, rule: ClientRuleSpec | OwnClientRule): ClientRule {
  return isOwnRule(rule) ? requireOwn(argument, rule) : createFrom(clientRules, argument, rule);
}

/** Whether it is a rule and no specification. */
export function isOwnRule(rule: ClientRuleSpec | OwnClientRule): rule is OwnClientRule {
  return typeof rule === "object" && rule !== null && "begin" in rule;
}

const controlsField = boolean(optional, "Whether clients have control variates.");

function requireOwn(argument: string, rule: OwnClientRule): OwnClientRule {
  requireMethods(argument, rule, rule.effectiveSteps === undefined ? ["begin"] : ["begin", "effectiveSteps"]);
  const { name, controls } = rule;
  if (typeof name !== "string" || name === "") throw new ArgumentError(`${argument}.name`, "must be a name", name);
  if (controls !== undefined) controlsField.check(`${argument}.controls`, controls);
  return rule;
}
