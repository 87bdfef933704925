import { requireAnyNumber, requireArray, requireNumber, requireObject, requireText } from "../../errors.js";
import type { RunKind } from "./run-kind.js";

/** Throws unless kind says of a run what `trainingKindOf` and its coverage do. */
export function requireRunKind(kind: RunKind): void {
  const { optimizer, server, neverCovered, objective, ownSteps, movingAverage, dropped, absent } = requireObject(
    "kind",
    kind,
  );
  for (const [key, text] of Object.entries({ optimizer, server, objective })) requireText(key, text);
  requireAnyNumber("neverCovered", neverCovered);
  if (movingAverage !== undefined) requireText("movingAverage", movingAverage);
  if (ownSteps !== undefined) requireEach("ownSteps", ownSteps, ["client", "localSteps"]);
  if (dropped !== undefined) requireEach("dropped", dropped, ["round", "client"]);
  if (absent !== undefined) requireEach("absent", absent, ["round", "client"]);
}

function requireEach<Key extends string>(
  argument: string,
  entries: readonly Readonly<Record<Key, number>>[],
  keys: readonly Key[],
): void {
  requireArray(argument, entries);
  for (const [index, entry] of entries.entries()) {
    const place = `${argument}[${index}]`;
    requireObject(place, entry);
    for (const key of keys) requireNumber(`${place}.${key}`, entry[key]);
  }
}
