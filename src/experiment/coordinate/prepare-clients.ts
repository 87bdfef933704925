import { canonicalJson } from "../../canonical-json.js";
import { transformFromJSON } from "../../data/transforms/index.js";
import { createFederation, type Federation } from "../../federation/federation.js";
import type { Transport } from "../../federation/transport.js";
import type { Engine } from "../../kernels/index.js";
import { sha256 } from "../../sha256.js";
import { decodeTable } from "../../tables/encoding/encode.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import { fileNames } from "../files/names.js";
import type { Checksums } from "../identity.js";
import { capacitiesOf } from "../prepare/capacities.js";
import { configChecksum } from "../prepare/checksums.js";
import { exactLaw } from "../prepare/exact-law.js";
import { clientSettings, federationOptions } from "../prepare/federations.js";
import { requireLevels } from "../prepare/float32-range.js";
import { checkSettings, type PreparedRun, standardDeviation } from "../prepare/prepare-run.js";
import type { RunTable } from "../prepare/run-table.js";
import { trainingSettings } from "../prepare/training-settings.js";
import type { RunClients, RunClientsTable } from "./clients-file.js";

/** All that a run of clients with rows of their own needs before it trains: no rows. */
export function prepareClients(engine: Engine, config: ExperimentConfig, clients: RunClients): PreparedRun {
  const { schedule, grid } = checkSettings(engine, config);
  const { dimension, moments, table } = clients;
  const transform = transformFromJSON(engine, clients.transform, fileNames.clients);
  const sigmaData = config.network.sigmaData ?? standardDeviation(moments);
  const network = { ...config.network, dimension: moments.dimension, sigmaData };
  const training = trainingSettings(config, grid?.grid);
  inSection("config", () => requireLevels(engine, network, schedule, training, grid?.grid));
  const nothing = new Float32Array(0);
  const rowCounts = clients.clients.map(({ rows }) => rows);
  return {
    data: {
      train: { points: nothing, dimension },
      heldOut: { points: nothing, dimension },
      ...(table && { table: tableOf(table, config) }),
    },
    clientRows: [],
    rowCounts,
    keepRatios: capacitiesOf(engine, config, { network, training, devices: undefined, rowCounts }),
    ...{ transform, points: nothing, rows: nothing, heldOut: nothing, moments, network, schedule, training },
    ...{ initial: undefined, deciding: undefined },
    law: exactLaw(engine, config.data, transform),
    grid,
  };
}

/** The table of a run without its rows. */
function tableOf({ told: { schema, encoding }, dialect }: RunClientsTable, { data }: ExperimentConfig): RunTable {
  const empty = decodeTable(encoding, new Float32Array(0), 0);
  const smallestCount = data.kind === "table" ? data.smallestCount : 1;
  return { schema, dialect, encoding, train: empty, heldOut: empty, smallestCount, invalid: {}, unknown: {} };
}

/** The federation of a coordinated run, or of its replay. */
export function coordinatedFederation(
  engine: Engine,
  config: ExperimentConfig,
  prepared: PreparedRun,
  transport: Transport,
  regions: readonly number[] | undefined,
): Federation {
  const { points: _, ...options } = federationOptions(config, prepared);
  const clients = prepared.rowCounts.map((rowCount, n) => ({
    rowCount,
    ...clientSettings(config, prepared.keepRatios, n),
  }));
  return inSection("config", () => createFederation(engine, { ...options, clients, regions, transport }));
}

/** In the place of the checksum of rows that nobody here sees: that of who holds them, and of what was fitted to them. */
export function clientsChecksums(config: ExperimentConfig, clients: RunClients): Checksums {
  const { run: _run, secret: _secret, ...facts } = clients;
  return { data: sha256(canonicalJson(facts)), config: configChecksum(config) };
}
