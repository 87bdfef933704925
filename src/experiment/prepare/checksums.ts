import { canonicalJson } from "../../canonical-json.js";
import { type Dataset, rowCount } from "../../data/dataset.js";
import { sha256 } from "../../sha256.js";
import type { DataConfig } from "../config/data.js";
import { decisive } from "../config/difference.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { Checksums } from "../identity.js";
import type { RunData } from "./run-data.js";

/** Of what a run is made from. */
export function checksumsOf(config: ExperimentConfig, data: RunData): Checksums {
  return { data: dataChecksum(data), config: configChecksum(config) };
}

export function configChecksum(config: unknown): string {
  return sha256(canonicalJson(decisive(config)));
}

/** What is wrong with the config of a result that is not the one that its run had; undefined where it is. */
export function changedConfig(result: {
  readonly config: unknown;
  readonly checksums: Pick<Checksums, "config">;
}): string | undefined {
  if (configChecksum(result.config) === result.checksums.config) return undefined;
  return "result.json was changed after its run: checksums.config is not that of its config";
}

/** Of the rows as they are read or drawn, before any transform, their order included. */
export function dataChecksum({ train, heldOut, deciding }: RunData): string {
  return sha256(...[train, heldOut, ...(deciding ? [deciding] : [])].flatMap(partsOf));
}

function partsOf(dataset: Dataset): (string | ArrayBufferView)[] {
  const { points, dimension, exact, labels, imageShape = null } = dataset;
  const head = canonicalJson({ rows: rowCount(dataset), dimension, imageShape, labels: labels !== undefined });
  return [`${head}\n`, points, ...(exact ? [exact] : []), ...(labels ? [labels] : [])];
}

/** Whether a run reads its rows: the same config can then mean other ones. */
export function isRead({ data }: { readonly data: DataConfig }): boolean {
  return "path" in data || data.kind === "mnist";
}
