import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "../../kernels/index.js";
import { ClientsLink } from "../../remote/clients/link.js";
import { linkDefaults } from "../../remote/clients/link-defaults.js";
import type { NatsTransport } from "../../remote/clients/remote-transport.js";
import { transportOver } from "../../remote/clients/transport-over.js";
import { waitForClients } from "../../remote/clients/wait-for-clients.js";
import { randomIdentity } from "../../remote/protocol.js";
import type { ServerOptions } from "../../remote/server-options.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { ComlinkPool } from "../../workers/comlink/pool.js";
import { parseConfig } from "../config/parse.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import { describeEnvironment, packageVersion } from "../environment.js";
import { cannotResume } from "../files/checkpoint-file.js";
import { folderInput } from "../files/folder-input.js";
import { lockFolder } from "../files/lock.js";
import { fileNames } from "../files/names.js";
import { UpdatesLog } from "../files/updates-log.js";
import { finishedResult } from "../folder/held-result.js";
import { type FolderPlan, planFolder } from "../folder/plan.js";
import { folderKeeper } from "../keep/folder-keeper.js";
import { readEarlierRun } from "../keep/read-earlier-run.js";
import { openLog } from "../keep/run-log.js";
import { privacyAccount } from "../prepare/privacy-account.js";
import { givenSchema } from "../prepare/table-schema.js";
import { beginStage, type ProgressListener } from "../progress.js";
import type { ExperimentResult } from "../result/schema.js";
import { runLogged } from "../run-logged.js";
import type { ReadyRun } from "../stages/ready-run.js";
import type { DrawReport } from "../write-results.js";
import { aggregatorsOf, askedIn, type RunClients, readClients, writeClients } from "./clients-file.js";
import { protectsClients, requireCoordinated, withClients } from "./coordinated-config.js";
import { executeCoordinated, type KnownClients } from "./execute-coordinated.js";
import { fitTables } from "./fit-tables.js";
import { fitToClients } from "./gather-clients.js";
import { gatherPartition } from "./gather-partition.js";
import { clientsChecksums, coordinatedFederation, prepareClients } from "./prepare-clients.js";
import { StatusBeat } from "./status-beat.js";

/** Where a coordinated run meets its clients, and where it writes. */
export interface CoordinateOptions {
  readonly server: ServerOptions;
  /** Clients that are waited for before a run begins. Default: federation.clients of the config. */
  readonly minimumClients?: number | undefined;
  /** Aggregators that are waited for, in place of clients: the clients are those that they stand for. Default: 0. */
  readonly aggregators?: number | undefined;
  /** Folder that paths in the config are relative to. Default: the current one. */
  readonly folder?: string | undefined;
  /** Output folder. */
  readonly out: string;
  /** Largest Euclidean norm of a client's update. Default: 1e6. */
  readonly maximumNorm?: number | undefined;
  /** Milliseconds without a sign of life after which a client that was asked is lost. Default: 15,000. */
  readonly lostAfter?: number | undefined;
  /** Whether updates.bin keeps the updates, so that the run can be replayed. Default: true. Never where clients are protected. */
  readonly keepUpdates?: boolean | undefined;
  /** Worker threads that draw samples. Default: one per core. */
  readonly workers?: number | undefined;
  readonly resume?: boolean | undefined;
  readonly overwrite?: boolean | undefined;
  readonly drawReport?: DrawReport | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Coordinates a federation whose clients hold their own rows, as `fedscore coordinate` does: waits for them, fits transforms from their sums, runs the
 * rounds, draws samples, and writes the results that need no rows.
 * @throws FedscoreError as a run does; FEDSCORE_DENIED where the server refuses the credentials.
 */
export async function coordinate(given: ExperimentConfig, options: CoordinateOptions): Promise<ExperimentResult> {
  const wanted = parseConfig(given);
  const { out, resume = false, aggregators = 0, folder = "." } = options;
  requireCoordinated(wanted, aggregators > 0);
  const schema = schemaOf(wanted, folder);
  const release = lockFolder(out);
  try {
    const known = resume ? knownClients(out) : undefined;
    const config = known ? withClients(wanted, known.clients.length) : wanted;
    const plan = planFolder(out, config, options);
    if (plan.action === "finished") return finishedResult(out);
    if (plan.action === "resume" && !known)
      throw cannotResume(out, `it has no ${fileNames.clients}, which says who its clients are`);
    const engine = await createEngine({ variant: "simd" });
    const link = await openLink(options, plan.action === "resume" ? known : undefined);
    let over = false;
    try {
      const result = await runWith(engine, link, wanted, { plan, known, schema, options });
      over = true;
      return result;
    } finally {
      await link.close(over);
    }
  } finally {
    release();
  }
}

/** The columns of the table that clients hold; undefined: they hold rows of numbers. @throws FedscoreError for a file that has no schema. */
function schemaOf({ data }: ExperimentConfig, folder: string): TableSchema | undefined {
  if (data.kind !== "table" || data.schema === undefined) return undefined;
  const { schema } = data;
  return inSection("config.data", () => givenSchema(schema, folderInput(folder)));
}

/** Who the clients of an earlier run in the folder are. @throws FedscoreError FEDSCORE_FILE where that cannot be read. */
function knownClients(out: string): RunClients | undefined {
  return existsSync(join(out, fileNames.clients)) ? readClients(out) : undefined;
}

function openLink(options: CoordinateOptions, known: RunClients | undefined): Promise<ClientsLink> {
  const { run = randomIdentity(), secret = randomIdentity() } = known ?? {};
  const { lostAfter = linkDefaults.lostAfter } = options;
  return ClientsLink.open(options.server, {
    ...{ run, secret, lostAfter, maxAge: linkDefaults.maxAge },
    onNote: noteOf(options),
  });
}

function noteOf({ onProgress }: CoordinateOptions): (text: string) => void {
  return (text) => onProgress?.({ kind: "note", text });
}

interface Start {
  readonly plan: Exclude<FolderPlan, { readonly action: "finished" }>;
  readonly known: RunClients | undefined;
  /** Where clients hold tables. */
  readonly schema: TableSchema | undefined;
  readonly options: CoordinateOptions;
}

async function runWith(
  engine: Engine,
  link: ClientsLink,
  wanted: ExperimentConfig,
  { plan, known, schema, options }: Start,
): Promise<ExperimentResult> {
  const { out, signal, onProgress = () => {}, minimumClients = wanted.federation.clients, aggregators = 0 } = options;
  const context = { signal, onNote: noteOf(options) };
  beginStage(onProgress, "data");
  const goingOn = plan.action === "resume" ? known : undefined;
  const before = goingOn && { clients: askedIn(goingOn), dimension: goingOn.dimension };
  const wantsAggregators = aggregators > 0 || (goingOn !== undefined && aggregatorsOf(goingOn) !== undefined);
  const minimum = wantsAggregators ? aggregators || before?.clients.length || 1 : minimumClients;
  const { data } = wanted;
  const holds = data.kind === "table" ? "table" : "numbers";
  const hellos = await waitForClients(link, { minimum, known: before, aggregators: wantsAggregators, holds }, context);
  const fitted = () =>
    data.kind === "table" && schema
      ? fitTables(data, schema, link, hellos, context)
      : fitToClients(engine, wanted, link, hellos, context);
  const clients = goingOn ?? (await fitted());
  const config = withClients(wanted, clients.clients.length);
  const prepared = prepareClients(engine, config, clients);
  const checksums = clientsChecksums(config, clients);
  const identity = { version: packageVersion(), variant: engine.variant, config, checksums };
  const earlier = goingOn ? readEarlierRun(out, config, identity) : undefined;
  const account = privacyAccount(engine, config, prepared.rowCounts);
  account?.requireRound();
  const pool = await ComlinkPool.start(engine, { workers: options.workers ?? availableParallelism() });
  try {
    const updates: { log?: UpdatesLog } = {};
    const transport = transportTo(engine, link, clients, options, updates);
    const federation = coordinatedFederation(
      engine,
      config,
      prepared,
      transport,
      aggregatorsOf(clients)?.map((each) => each.clients),
    );
    const isPrivate = protectsClients(config);
    const status = new StatusBeat(link, transport, { name: config.name, rounds: config.training.rounds }, isPrivate);
    const run: ReadyRun = {
      ...{
        account,
        config,
        prepared,
        pool,
        federation,
        reference: undefined,
        apriori: undefined,
        decidingLoss: undefined,
      },
      environment: describeEnvironment(engine.variant, pool.size),
      ...{ identity, keeper: folderKeeper(out, config), earlier, signal },
      beforeSave: () => updates.log?.flush(),
      onProgress: (event) => {
        status.hear(event);
        onProgress(event);
      },
    };
    await status.start(earlier?.training.history.perRound.length ?? 0);
    try {
      const partition = config.privacy || clients.table ? undefined : await gatherPartition(link, clients, signal);
      return await logged(run, transport, { clients, partition }, options, updates);
    } finally {
      await status.stop();
    }
  } finally {
    await pool.close();
  }
}

function transportTo(
  engine: Engine,
  link: ClientsLink,
  run: RunClients,
  { server, maximumNorm }: CoordinateOptions,
  updates: { log?: UpdatesLog },
): NatsTransport {
  return transportOver(engine, link, {
    ...server,
    clients: run.clients.map(({ name }) => name),
    ...{ aggregators: aggregatorsOf(run), transform: run.transform, table: run.table?.told, maximumNorm },
    onUpdate: (update) => updates.log?.add(update),
  });
}

async function logged(
  run: ReadyRun,
  transport: NatsTransport,
  known: KnownClients,
  { out, keepUpdates = true, drawReport, onProgress = () => {} }: CoordinateOptions,
  updates: { log?: UpdatesLog },
): Promise<ExperimentResult> {
  const log = openLog(out, run);
  writeClients(out, known.clients);
  if (protectsClients(run.config)) {
    const text = `${fileNames.updates} is left out: it would hold the clients' updates without noise, and ${fileNames.result} does not say who gave one`;
    onProgress({ kind: "note", text });
  } else if (keepUpdates && !aggregatorsOf(known.clients)) {
    updates.log = new UpdatesLog(join(out, fileNames.updates), run.earlier?.training.history.perRound.length ?? 0);
    const { missing } = updates.log;
    if (missing.length > 0) {
      const text = `${fileNames.updates} does not have the updates of ${missing.length} rounds, from round ${missing[0]} on: the run cannot be replayed`;
      onProgress({ kind: "note", text });
    }
  }
  return runLogged({ out, log, drawReport, onProgress }, () => executeCoordinated(run, transport, known));
}
