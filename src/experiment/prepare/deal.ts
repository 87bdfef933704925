import { FedscoreError } from "../../errors.js";
import { type PartitionRequest, partition } from "../../federation/partitioners/index.js";
import type { Engine } from "../../kernels/index.js";
import type { DataConfig } from "../config/data.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";

/** What of a config says which client gets which rows. */
export interface DealConfig extends Pick<ExperimentConfig, "seed"> {
  readonly data: DataConfig;
  readonly federation: Pick<ExperimentConfig["federation"], "clients" | "partition">;
}

/** The rows of each client. @throws FedscoreError FEDSCORE_INVALID_CONFIG where a client gets none. */
export function deal(
  engine: Engine,
  { federation, data, seed }: DealConfig,
  { count, labels, owners }: Pick<PartitionRequest, "count" | "labels" | "owners">,
): Uint32Array[] {
  const { clients, partition: spec } = federation;
  if ((spec.kind === "dirichlet" || spec.kind === "shards") && !labels) {
    throw invalid(
      `config.federation.partition of kind "${spec.kind}" needs classes, which these data of kind "${data.kind}" do not have`,
    );
  }
  const request = { count, clients, seed, ...(labels && { labels }), ...(owners && { owners }) };
  const dealt = inSection("config.federation", () => partition(engine, spec, request));
  const idle = dealt.findIndex((rows) => rows.length === 0);
  if (idle >= 0) throw invalid(`config.federation.partition of kind "${spec.kind}" leaves client ${idle} without rows`);
  return dealt;
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
