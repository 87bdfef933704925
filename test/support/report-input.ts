import { parseConfig } from "../../src/experiment/config/parse.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import type { ReportSamples } from "../../src/report/samples.js";
import { testNumbers } from "./numbers.js";

const layers = ["layers.0", "layers.1", "layers.2"];

export function reportRounds(count: number): ExperimentResult["training"]["perRound"] {
  return Array.from({ length: count }, (_, round) => ({
    round,
    loss: 0.5 + 2 / (1 + round),
    participants: 4,
    dropped: 0,
    absent: [],
    seconds: 1,
    flops: 4.7e10,
    bytesUp: 102_880,
    bytesDown: 637_860,
    wireBytesUp: 102_880,
    wireBytesDown: 637_860,
    coverage: layers.map((_, layer) => ({ mean: 2 + layer / 3 + (round % 5) / 10, min: (round + layer) % 3 })),
    pruningNoise: 0.1,
  }));
}

/** The result of a small run without bounds. */
export function reportResult(overrides: Partial<ExperimentResult> = {}): ExperimentResult {
  const perRound = reportRounds(12);
  return {
    schemaVersion: 1,
    name: "ring of 8",
    seed: 123456789,
    config: parseConfig({ name: "ring", data: { kind: "ring" }, federation: { clients: 4 } }),
    checksums: { data: "d".repeat(64), config: "c".repeat(64), parameters: "a".repeat(64) },
    environment: { version: "0.1.0", node: "20.19.0", variant: "simd", workers: 2, cpu: "Example CPU" },
    date: "2026-11-30T10:49:12.345Z",
    data: { train: 58, heldOut: 100, dimension: 2, trainedDimension: 2 },
    network: { parameters: 655 },
    training: {
      rounds: 12,
      loss: perRound.flatMap(({ loss }) => loss ?? []),
      seconds: 12.34,
      flops: 5.67e11,
      bytesUp: 1_234_567,
      bytesDown: 7_654_321,
      wireBytesUp: 1_234_567,
      wireBytesDown: 7_654_321,
      perRound,
    },
    coverage: { min: 0, histogram: [5, 100, 300, 200, 50], layers, neverCovered: 7 },
    pruning: { noise: 0.1, families: ["prefix"] },
    partition: {
      counts: [
        [10, 0, 3],
        [0, 20, 1],
        [5, 5, 5],
        [0, 0, 9],
      ],
      classes: ["east", "north", "west"],
    },
    clients: [1, 0.5, 0.25, 0.125].map((keepRatio, id) => ({
      id,
      samples: 13 + id,
      keepRatio,
      rounds: 12,
      absent: 0,
      flops: 2.5e11 * keepRatio ** 2,
      bytesUp: 600_000 * keepRatio,
      bytesDown: 700_000 * keepRatio,
    })),
    measured: {
      slicedWasserstein2: {
        value: 0.0621,
        low: 0.05,
        high: 0.075,
        unit: "data units",
        floor: { value: 0.0345, low: 0.02, high: 0.05 },
        reference: { value: 0.0414, low: 0.03, high: 0.055 },
      },
      mmd: {
        value: 0.00123,
        low: -0.0004,
        high: 0.003,
        unit: "1",
        floor: { value: -0.00002, low: -0.0005, high: 0.0006 },
      },
    },
    certificate: null,
    lowerBound: null,
    ...overrides,
  };
}

/** Its samples. */
export function reportSamples(): ReportSamples {
  return {
    dimension: 2,
    federated: testNumbers(200, 1),
    data: testNumbers(200, 2),
    reference: testNumbers(200, 3),
  };
}
