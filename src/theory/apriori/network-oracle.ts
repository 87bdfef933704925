import { rowsIn } from "../../data/rows.js";
import { createSchedule, type NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import { weightings } from "../../diffusion/weightings/index.js";
import { atFloat32, type Engine, fillIndices, fillNormal, nullPointer, Purpose } from "../../kernels/index.js";
import { allocateBatch, type BatchSource, corruptBatch, drawBatch } from "../../network/batch.js";
import { levelDraws } from "../../network/level-draws.js";
import { levelTable, trainingLevels } from "../../network/levels.js";
import { MlpSession } from "../../network/mlp.js";
import { conditionWidth, layoutOf, type NetworkSpec } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";
import type { GradientOracle } from "./gradient-oracle.js";

/** A client's loss, as its local training has it. Plain data. */
export interface NetworkObjective {
  readonly network: NetworkSpec;
  readonly schedule: NoiseScheduleSpec;
  readonly training: TrainingSettings;
  readonly seed: number;
  /** Fewest probes of a client: rounded up to as many for each noise level. */
  readonly probes: number;
}

/** Most rows that pass through the network at once. */
const chunkRows = 512;

/** The probe purpose's streams, by step. */
const probeRows = 0;
const probeNoise = 1;

/**
 * The training loss of one client, of a network without classes, over a fixed set of probes (row, level, noise), the same in every round: each level as often, rows and
 * noise drawn from the seed. Stochastic gradients are those of the client's local training in `round`. Lives in the current arena scope.
 * @param points float32 [rows, dimension]: the client's own data.
 */
export function networkOracle(
  engine: Engine,
  objective: NetworkObjective,
  { client, round, points }: { readonly client: number; readonly round: number; readonly points: Float32Array },
): GradientOracle {
  const { network, training, seed } = objective;
  const { arena, kernels } = engine;
  const { dimension } = network;
  const levels = trainingLevels(engine, createSchedule(objective.schedule), training.levels);
  const weighting = weightings[training.weighting];
  const count = levels.logSnr.length;
  const rows = rowsIn(points, dimension);
  const probes = Math.ceil(objective.probes / count) * count;
  const session = new MlpSession(
    engine,
    network,
    Math.max(training.batchSize, Math.min(chunkRows, probes)),
    "training",
  );
  const source: BatchSource = {
    spec: network,
    settings: training,
    points: arena.copyIn(points),
    levelTable: arena.copyIn(levelTable(engine, network, levels, weighting)),
    seed,
    round,
    client,
  };
  const draws = levelDraws(engine, levels.logSnr, training.levels.distribution);
  const drawn: BatchSource = draws
    ? { ...source, levelDraws: draws, levelTable: arena.copyIn(levelTable(engine, network, levels, weighting, draws)) }
    : source;
  const batch = allocateBatch(arena, drawn);
  const fixed = allocateBatch(arena, { ...source, settings: { ...training, batchSize: probes } });
  const identity = { seed, client, purpose: Purpose.probe };
  fillIndices(engine, fixed.rowIndex, probes, rows, { ...identity, step: probeRows });
  fillNormal(engine, fixed.noise, probes * dimension, { ...identity, step: probeNoise });
  arena.int32(fixed.levelIndex, probes).set(Int32Array.from({ length: probes }, (_, probe) => probe % count));
  corruptBatch(engine, network, fixed, probes, 0);
  const inputWidth = layoutOf(network).widths[0];
  const conditions = conditionWidth(network);
  const load = (parameters: Float64Array) => {
    session.parameters.array.set(parameters);
    session.pack();
  };
  return {
    size: session.parameters.length,
    exact(parameters) {
      load(parameters);
      const gradient = new Float64Array(parameters.length);
      let loss = 0;
      for (let first = 0; first < probes; first += chunkRows) {
        const size = Math.min(chunkRows, probes - first);
        const input = atFloat32(fixed.input, first * inputWidth);
        const [output, outputGradient] = [fixed.output, fixed.outputGradient];
        const condition =
          fixed.conditions === nullPointer ? nullPointer : atFloat32(fixed.conditions, first * conditions);
        session.forward(input, size, output, condition);
        const target = atFloat32(fixed.target, first * dimension);
        const share = size / probes;
        loss +=
          share * kernels.dsmLoss(output, target, atFloat32(fixed.weight, first), size, dimension, outputGradient);
        session.backward(input, size, outputGradient, condition);
        const part = session.gradient.array;
        for (let i = 0; i < gradient.length; i++) gradient[i] += share * part[i];
      }
      return { loss, gradient };
    },
    sample(parameters, draw) {
      const { batchSize } = training;
      load(parameters);
      drawBatch(engine, drawn, draw, batch);
      session.forward(batch.input, batchSize, batch.output, batch.conditions);
      kernels.dsmLoss(batch.output, batch.target, batch.weight, batchSize, dimension, batch.outputGradient);
      session.backward(batch.input, batchSize, batch.outputGradient, batch.conditions);
      return Float64Array.from(session.gradient.array);
    },
  };
}
