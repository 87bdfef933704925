import { decodeCheckpoint } from "../../federation/checkpoint-format.js";
import type { Fact } from "../print.js";

/** What is in a checkpoint. */
export function inspectCheckpoint(bytes: Uint8Array): Fact[] {
  const { values, arrays } = decodeCheckpoint(bytes);
  return [
    ["kind", "checkpoint of a run"],
    ["round", `${values.round} rounds done`],
    ...Object.entries(arrays).map(([name, array]): Fact => [name, `${array.constructor.name} of ${array.length}`]),
    ...Object.entries(values.identity as object).map(
      ([key, value]): Fact => [key, typeof value === "string" ? value : JSON.stringify(value)],
    ),
  ];
}
