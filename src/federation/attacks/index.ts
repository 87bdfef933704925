import { complete, createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import type { Attack } from "./attack.js";
import { dataPoisoning } from "./data-poisoning.js";
import { littleIsEnough } from "./little-is-enough.js";
import { scaledNoise } from "./scaled-noise.js";
import { signFlip } from "./sign-flip.js";

export type { Attack, AttackedRound, DataAttack, UpdateAttack } from "./attack.js";

/** Every attack by its kind. */
export const attacks = familyOf(signFlip, scaledNoise, littleIsEnough, dataPoisoning);

/** What some of the clients do to the others, as plain data: `kind` is the attack's name, settings may be absent for their defaults. */
export type AttackSpec = SpecOf<typeof attacks>;

/** With all its defaults. */
export type CompleteAttack = FilledSpecOf<typeof attacks>;

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, as `${argument}.clients`. */
export function completeAttack(argument: string, spec: AttackSpec): CompleteAttack {
  return complete(attacks, argument, spec);
}

/** The attack of a specification. Throws as `completeAttack`. */
export function createAttack(engine: Engine, argument: string, spec: AttackSpec): Attack {
  return createFrom<[Engine], Attack>(attacks, argument, spec, engine);
}
