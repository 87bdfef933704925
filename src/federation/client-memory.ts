import { ArgumentError } from "../errors.js";
import { CountingArena, type Engine, levelHeader, mostBytes } from "../kernels/index.js";
import { createOptimizer } from "../network/optimizers/index.js";
import { allocatePrivate } from "../network/private-gradients.js";
import { layoutOf, type NetworkSpec, rowWidth } from "../network/spec.js";
import { allocatePlain } from "../network/step-gradients.js";
import type { TrainingSettings } from "../network/training.js";
import { maskFamilies } from "../pruning/families/index.js";
import { rowCountsOf } from "./client-rows.js";
import type { CompleteOptions } from "./options.js";

/** The client of a run that takes most memory. */
export interface LargestClient {
  readonly network: NetworkSpec;
  readonly training: TrainingSettings;
  /** Whether it certainly keeps the whole network: how much less a smaller one takes is not known before its mask is. */
  readonly whole: boolean;
  /** Rows of data that it holds, and what messages call them. */
  readonly rows: number;
  readonly rowsArgument: string;
}

/** That of a run with these options. */
export function largestClientOf({ network, training, clients, maskFamily }: CompleteOptions): LargestClient {
  const rowCounts = rowCountsOf(clients);
  const largest = rowCounts.indexOf(rowCounts.reduce((most, rows) => Math.max(most, rows)));
  const isKnown = Object.values(maskFamilies).some((family) => family === maskFamily);
  const whole = isKnown && clients.some(({ keepRatio }) => keepRatio === 1);
  const key = clients[largest].rows ? "rows" : "rowCount";
  return { network, training, whole, rows: rowCounts[largest], rowsArgument: `clients[${largest}].${key}` };
}

/** A part of a worker's memory that grows in proportion to a number that a person chose. */
interface Share {
  readonly argument: string;
  readonly rule: (most: number) => string;
  readonly value: number;
  readonly bytes: number;
}

/** What an engine has in its memory before anything is allocated. */
const reserved = 2 ** 20;

/** Bytes that the training of a client takes in the memory of its engine, at least. */
export function trainingBytes(engine: Engine, client: LargestClient): number {
  return sharesOf(engine, client).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The same with its rows, float32 [rows, rowWidth(network)], which lie outside: what a client of its own needs. */
export function clientBytes(engine: Engine, client: LargestClient): number {
  return trainingBytes(engine, client) + 4 * client.rows * rowWidth(client.network);
}

/**
 * @throws ArgumentError where a client cannot be trained in the 4 GiB of an engine, naming the setting that takes most of them and the most
 * that it may be.
 */
export function requireClientMemory(engine: Engine, client: LargestClient): void {
  const shares = sharesOf(engine, client);
  const excess = shares.reduce((sum, { bytes }) => sum + bytes, 0) - (mostBytes - reserved);
  if (excess <= 0) return;
  const { argument, rule, value, bytes } = shares.reduce((most, share) => (share.bytes > most.bytes ? share : most));
  const most = roundedDown(value * (1 - excess / bytes));
  throw new ArgumentError(argument, `${rule(most)}, so that a client fits into the 4 GiB of WebAssembly memory`, value);
}

/** To two digits: a little less than what would just fit. */
function roundedDown(most: number): number {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))) - 1);
  return Math.max(1, Math.floor(most / digit) * digit);
}

function sharesOf(engine: Engine, client: LargestClient): readonly Share[] {
  const { network, training, whole, rows, rowsArgument } = client;
  const { size } = layoutOf(network);
  const trained = whole ? network : { ...network, hidden: [1] };
  const own = layoutOf(trained).size;
  const levels = training.levels.spacing === "grid" ? training.levels.times.length - 1 : training.levels.count;
  const atMost = (most: number) => `must be at most ${most}`;
  const one = sessionBytes(engine, trained, training, 1);
  return [
    {
      argument: "network.hidden",
      rule: (most) => `must give the network at most ${most} parameters`,
      value: size,
      bytes: one + 4 * size + 4 * own + optimizerBytes(engine, training, own),
    },
    {
      argument: "training.batchSize",
      rule: atMost,
      value: training.batchSize,
      bytes: sessionBytes(engine, trained, training, training.batchSize) - one,
    },
    {
      argument: training.levels.spacing === "grid" ? "training.levels.times" : "training.levels.count",
      rule: atMost,
      value: levels,
      bytes: 4 * levels * (levelHeader + network.noiseFeatures),
    },
    {
      argument: rowsArgument,
      rule: (most) => `must give a client at most ${most} rows where its records are protected`,
      value: rows,
      bytes: training.privacy ? 4 * rows : 0,
    },
  ];
}

function optimizerBytes(engine: Engine, { optimizer }: TrainingSettings, parameters: number): number {
  const arena = new CountingArena();
  createOptimizer({ ...engine, arena }, optimizer, parameters);
  return arena.bytes;
}

/** With the batch's arrays, without the parameters. */
function sessionBytes(engine: Engine, spec: NetworkSpec, training: TrainingSettings, batchSize: number): number {
  const arena = new CountingArena();
  const counting = { ...engine, arena };
  const nothing = new Float32Array(0);
  const source = { spec, points: nothing, levelTable: arena.floats(0), seed: 0, round: 0, client: 0 };
  const settings = { ...training, batchSize };
  if (settings.privacy) allocatePrivate(counting, { ...source, settings: { ...settings, privacy: settings.privacy } });
  else allocatePlain(counting, { ...source, settings });
  return arena.bytes - 4 * layoutOf(spec).size;
}
