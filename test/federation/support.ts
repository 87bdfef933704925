import { type BlockContext, runBlocks } from "../../src/federation/client-block.js";
import type { ClientOptions } from "../../src/federation/client-options.js";
import type { Block, BlockUpdate, HeldData, TrainingSetup } from "../../src/federation/messages.js";
import type { FederationOptions } from "../../src/federation/options.js";
import type { Transport } from "../../src/federation/transport.js";
import type { Engine } from "../../src/kernels/index.js";
import type { LocalTrainer } from "../../src/network/training.js";
import { full } from "../../src/pruning/families/full.js";
import { networkOf } from "../support/networks.js";

/**
 * Stands in for training: moves every parameter half way to a target that depends on client, round and step alone.
 * What it returns is exact in float32, so tests can follow it.
 */
export const pretendToTrain: LocalTrainer = (
  _engine,
  { parameters: { array: parameters }, keep, steps, client, round },
) => {
  const losses = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    const target = client + 1 + round / 4 + step / 8;
    for (let i = 0; i < parameters.length; i++) {
      if (keep?.[i] !== 0) parameters[i] += (target - parameters[i]) / 2;
    }
    losses[step] = target;
  }
  return { losses, flops: parameters.length * steps };
};

export interface TestTransportOptions {
  readonly train?: LocalTrainer;
  /** Order in which the answers to `count` blocks arrive: positions, any of them more than once. */
  readonly arrival?: (count: number) => readonly number[];
  readonly tamper?: (update: BlockUpdate) => BlockUpdate;
  readonly onBlock?: (block: Block) => void;
}

/** Runs blocks in this thread, one after the other, and hands the updates on in whatever order a test wants. */
export function testTransport(engine: Engine, options: TestTransportOptions = {}): Transport {
  const contexts = new Map<string, BlockContext>();
  const train = options.train ?? pretendToTrain;
  return {
    name: "test",
    async open(setup: TrainingSetup) {
      contexts.set(setup.id, { engine, setup, levelTable: new Float32Array(12), train });
    },
    async forget(setup) {
      contexts.delete(setup);
    },
    async *run({ parameters, control, blocks }) {
      for (const position of options.arrival?.(blocks.length) ?? blocks.keys()) {
        const block = structuredClone(blocks[position]);
        const context = contexts.get(block.setup);
        if (!context) throw new Error(`block ${block.id} without its setup`);
        options.onBlock?.(block);
        const [update] = runBlocks(context, { parameters, ...(control && { control }), blocks: [block] });
        yield options.tamper?.(update) ?? update;
      }
    },
    async close() {},
  };
}

/** A federation that has the data of its clients. */
export interface HeldFederation extends FederationOptions {
  readonly points: Float32Array;
  readonly clients: readonly Extract<ClientOptions, { readonly rows: Uint32Array }>[];
}

/** A setup that has them. */
export type HeldSetup = TrainingSetup & HeldData;

/** Options of a small federation of `clients` clients, two rows each. */
export function smallFederation(
  transport: Transport,
  clients: number,
  overrides: Partial<HeldFederation> = {},
): HeldFederation {
  const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });
  return {
    network,
    schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 },
    training: {
      batchSize: 8,
      optimizer: { kind: "sgd", learningRate: 0.05 },
      weighting: "simple",
      levels: { count: 16, spacing: "time" },
    },
    points: Float32Array.from({ length: 4 * clients }, (_, i) => Math.sqrt(i) - 2),
    clients: Array.from({ length: clients }, (_, id) => ({ rows: Uint32Array.of(2 * id, 2 * id + 1), keepRatio: 1 })),
    maskFamily: full,
    rounds: 3,
    localSteps: 2,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed: 7,
    transport,
    ...overrides,
  };
}

/** Bytes of floats, for exact comparison. */
export function bytesOf(floats: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/**
 * The update of a block alone.
 * @param control the mean control variate, where the client rule has them.
 */
export function runBlock(
  context: BlockContext,
  parameters: Float32Array,
  block: Block,
  control?: Float32Array,
): BlockUpdate {
  const [update] = runBlocks(context, { parameters, ...(control && { control }), blocks: [block] });
  return update;
}
