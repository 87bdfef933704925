import { decodeCheckpointFile, isCheckpointFile } from "../../experiment/files/checkpoint-file.js";
import { type CheckpointContent, decodeCheckpoint } from "../../federation/checkpoint-format.js";
import type { Fact } from "../print.js";

/** What is in a checkpoint: that of a run, or that of a federation alone. */
export function inspectCheckpoint(bytes: Uint8Array): Fact[] {
  const content = decodeCheckpoint(bytes);
  if (!isCheckpointFile(content)) return [["kind", "checkpoint of a federation"], ...federationFacts(content)];
  const { run, arrays } = decodeCheckpointFile(bytes);
  return [
    ["kind", `checkpoint of run ${run.config.name}`],
    ["begun with", `fedscore ${run.version}, variant ${run.variant}`],
    ["data", `SHA-256 ${run.checksums.data}`],
    ["config", `SHA-256 ${run.checksums.config}`],
    ...federationFacts(decodeCheckpoint(arrays.federation)),
  ];
}

function federationFacts({ values, arrays }: CheckpointContent): Fact[] {
  return [
    ["round", `${values.round} rounds done`],
    ...Object.entries(arrays).map(([name, array]): Fact => [name, `${array.constructor.name} of ${array.length}`]),
    ...Object.entries(values.identity ?? {}).map(
      ([key, value]): Fact => [key, typeof value === "string" ? value : JSON.stringify(value)],
    ),
  ];
}
