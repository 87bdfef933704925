import { FedscoreError } from "../../errors.js";
import { closest } from "../../suggest.js";
import type { Json } from "../config/paths.js";
import { isNotComputed } from "../result/not-computed.js";

/** The part of a JSON schema that says which paths a value has. */
export interface ResultSchema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, ResultSchema | boolean>>;
  readonly additionalProperties?: ResultSchema | boolean;
  readonly propertyNames?: ResultSchema | boolean;
  readonly items?: unknown;
  readonly anyOf?: readonly (ResultSchema | boolean)[];
  readonly oneOf?: readonly (ResultSchema | boolean)[];
  readonly enum?: readonly unknown[];
}

/** A measure and the path that it takes from a point's result. */
export interface MeasurePath {
  /** What messages call it: "sweep.measures[0].path". */
  readonly place: string;
  readonly path: string;
}

/**
 * Throws unless a result may have a number at the path. Names that only a result knows, such as those of a certificate's terms, pass here:
 * `requireFound` is for them.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with the keys that there are.
 */
export function requirePossible({ place, path }: MeasurePath, schema: ResultSchema): void {
  const keys = path.split(".");
  let here = alternativesOf(schema);
  for (const [index, key] of keys.entries()) {
    const next = here.flatMap((each) => childrenOf(each, key));
    if (next.length === 0) throw unknownKey(place, keys, index, here.flatMap(keysOf));
    here = next;
  }
  if (here.some(({ type }) => [type].flat().some((each) => each === "number" || each === "integer"))) return;
  const inner = here.flatMap(keysOf);
  const has = inner.length > 0 ? `, which has ${listed(inner)}` : "";
  throw invalid(`${place} "${path}" names no number${has}`);
}

/**
 * Throws where no result has the last key that a path names and all that have its holder have others: a name that only results know.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with the keys that there are.
 */
export function requireFound({ place, path }: MeasurePath, schema: ResultSchema, results: readonly Json[]): void {
  const keys = path.split(".");
  let here = alternativesOf(schema);
  for (const [index, key] of keys.entries()) {
    if (here.some(isRecord)) {
      const holders = results.map((result) => walk(result, keys.slice(0, index))).filter(isHolder);
      const known = [...new Set(holders.flatMap((holder) => Object.keys(holder)))];
      if (known.length > 0 && !known.includes(key)) throw unknownKey(place, keys, index, known);
    }
    here = here.flatMap((each) => childrenOf(each, key));
  }
}

/** The members of a union, all the way down; without what stands for a part that could not be computed. */
function alternativesOf(schema: unknown): ResultSchema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { anyOf, oneOf, properties }: ResultSchema = schema;
  const members = anyOf ?? oneOf;
  if (members) return members.flatMap(alternativesOf);
  return properties && isNotComputed(properties) ? [] : [schema];
}

function childrenOf(schema: ResultSchema, key: string): ResultSchema[] {
  const { properties = {}, additionalProperties, items } = schema;
  if (Object.hasOwn(properties, key)) return alternativesOf(properties[key]);
  if (items !== undefined && /^-?\d+$/.test(key)) return alternativesOf(items);
  const names = namesOf(schema);
  return names === undefined || names.includes(key) ? alternativesOf(additionalProperties) : [];
}

/** Whether a schema leaves it to the value which keys it has. */
function isRecord(schema: ResultSchema): boolean {
  return typeof schema.additionalProperties === "object" && namesOf(schema) === undefined;
}

/** The keys of a record whose keys are known. */
function namesOf({ propertyNames }: ResultSchema): string[] | undefined {
  return typeof propertyNames === "object" ? propertyNames.enum?.map(String) : undefined;
}

function keysOf(schema: ResultSchema): string[] {
  const own = [...Object.keys(schema.properties ?? {}), ...(namesOf(schema) ?? [])];
  return schema.items === undefined ? own : [...own, "0", "-1"];
}

function walk(value: Json, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((found, key) => (isHolder(found) ? Reflect.get(found, key) : undefined), value);
}

/** An object that was computed. */
function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isNotComputed(value);
}

function unknownKey(place: string, keys: readonly string[], index: number, found: readonly string[]): FedscoreError {
  const known = [...new Set(found)];
  const before = keys.slice(0, index).join(".");
  const holder = before === "" ? "a point's result" : `"${before}"`;
  const meant = closest(keys[index], known);
  const suggestion =
    meant === undefined
      ? ""
      : `; did you mean "${[...keys.slice(0, index), meant, ...keys.slice(index + 1)].join(".")}"?`;
  const there = known.length > 0 ? `but ${listed(known)}` : "it is no object";
  return invalid(
    `${place} "${keys.join(".")}" does not exist: ${holder} has no "${keys[index]}", ${there}${suggestion}`,
  );
}

function listed(keys: readonly string[]): string {
  return [...new Set(keys)].join(", ");
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
