import { poolTransport } from "../federation/pool-transport.js";
import type { Engine } from "../kernels/index.js";
import type { ExperimentConfig } from "./config/schema.js";
import { createPrunedFederation, createReference } from "./prepare/federations.js";
import type { PreparedRun } from "./prepare/prepare-run.js";
import { privacyAccount } from "./prepare/privacy-account.js";
import { AprioriProbe } from "./stages/apriori-probe.js";
import { decidingLoss } from "./stages/early-stop.js";
import type { ReadyRun } from "./stages/ready-run.js";

/** Where a prepared run computes, who keeps and watches it, and what it goes on from. */
export type RunSurroundings = Pick<
  ReadyRun,
  "pool" | "environment" | "identity" | "keeper" | "watcher" | "earlier" | "signal" | "onProgress"
>;

/** A prepared run with its federations, whose clients run in the pool. */
export function readyRun(
  engine: Engine,
  config: ExperimentConfig,
  prepared: PreparedRun,
  around: RunSurroundings,
): ReadyRun {
  const { pool, keeper, earlier, signal } = around;
  const transport = poolTransport(pool);
  const settings = config.apriori;
  const probing = { config, prepared, keeper, earlier: earlier?.training.probes, signal };
  const account = privacyAccount(engine, config, prepared.rowCounts);
  // Before anything is written: an epsilon that allows no round is refused.
  account?.requireRound();
  return {
    ...{ config, prepared, account },
    ...around,
    federation: createPrunedFederation(engine, config, prepared, transport),
    reference: config.reference.dense ? createReference(engine, config, prepared, transport) : undefined,
    decidingLoss: decidingLoss(engine, config, prepared),
    apriori: settings ? new AprioriProbe(engine, pool, { ...probing, settings }) : undefined,
  };
}
