import type { Federation } from "../../federation/federation.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { RunIdentity } from "../identity.js";
import type { PreparedRun } from "../prepare/prepare-run.js";
import type { PrivacyAccount } from "../prepare/privacy-account.js";
import type { ProgressListener } from "../progress.js";
import type { ExperimentResult } from "../result/schema.js";
import type { AprioriProbe } from "./apriori-probe.js";
import type { EarlierRun } from "./earlier-run.js";
import type { DecidingLoss } from "./early-stop.js";
import type { RunKeeper } from "./run-keeper.js";
import type { RunWatcher } from "./run-watcher.js";

/** A run that is ready to train. */
export interface ReadyRun {
  readonly config: ExperimentConfig;
  readonly prepared: PreparedRun;
  readonly pool: WorkerPool;
  readonly federation: Federation;
  /** Measures what the a-priori bound needs, where the config asks for it. */
  readonly apriori: AprioriProbe | undefined;
  /** The dense reference, where the config asks for it. */
  readonly reference: Federation | undefined;
  /** Measures the loss that ends training early, where the config asks for that. */
  readonly decidingLoss: DecidingLoss | undefined;
  /** What training spends of privacy, where the config asks for some; absent: it does not. */
  readonly account?: PrivacyAccount | undefined;
  readonly environment: ExperimentResult["environment"];
  /** What its checkpoints say they are of. */
  readonly identity: RunIdentity;
  /** Keeps log, model and checkpoints; undefined: nobody does. */
  readonly keeper: RunKeeper | undefined;
  /** Who sees more of the run than its progress; absent: nobody. */
  readonly watcher?: RunWatcher | undefined;
  /** What an interrupted run left that is continued; undefined: start. */
  readonly earlier: EarlierRun | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener;
  /** Called before a checkpoint is written: what goes with it must be on the disk by then. */
  readonly beforeSave?: () => void;
}
