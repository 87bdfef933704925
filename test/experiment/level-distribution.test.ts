import { expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { requireCoordinated } from "../../src/experiment/coordinate/coordinated-config.js";
import { TrainingProbe } from "../../src/theory/apriori/probe.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { networkOf } from "../support/networks.js";
import { engine, known } from "../support/wired-runs.js";

const importance = { kind: "importance" } as const;
const drawnBy = (distribution: typeof importance | { readonly kind: "log-normal" }) => ({ levels: { distribution } });

it("levels that are drawn by losses are refused beside apriori", () => {
  const config = (distribution: Parameters<typeof drawnBy>[0], apriori: object | false) =>
    parseConfig({ ...known, training: drawnBy(distribution), apriori });
  expect(() => config(importance, {})).toThrow(
    'config.training.levels.distribution.kind must not be "importance" beside apriori',
  );
  expect(() => config({ kind: "log-normal" }, {})).not.toThrow();
  expect(config(importance, false).training.levels.distribution).toEqual({
    ...importance,
    ...{ bins: 64, decay: 0.9, uniform: 0.1 },
  });
});

it("levels that are drawn by losses are refused where gradients of them are measured", () => {
  const options = (distribution: Parameters<typeof drawnBy>[0]) => ({
    network: networkOf({ dimension: 2, hidden: [4], noiseFeatures: 4 }),
    schedule: { kind: "vp-cosine" } as const,
    training: {
      ...({ batchSize: 8, optimizer: { kind: "sgd" }, weighting: "simple" } as const),
      levels: { spacing: "time", count: 8, distribution },
    } as const,
    ...{ seed: 1, probes: 8, points: Float32Array.of(1, 2, 3, 4), clientRows: [Uint32Array.of(0, 1)] },
  });
  const probe = (distribution: Parameters<typeof drawnBy>[0]) =>
    new TrainingProbe(new InThreadPool(engine), options(distribution));
  expect(() => probe(importance)).toThrow(
    "training.levels.distribution.kind must not be importance where gradients are measured",
  );
  expect(() => probe({ kind: "log-normal" }).close()).not.toThrow();
});

it("levels that are drawn by losses are refused where clients hold their own rows", () => {
  const coordinated = (distribution: Parameters<typeof drawnBy>[0]) =>
    requireCoordinated(
      parseConfig({
        ...known,
        ...{ data: { kind: "clients" }, reference: { dense: false }, training: drawnBy(distribution) },
        sampling: { grid: { kind: "uniform-log-snr", steps: 8 } },
      }),
      false,
    );
  expect(() => coordinated(importance)).toThrow(
    'config.training.levels.distribution.kind must not be "importance", which is made of losses at each noise level',
  );
  expect(() => coordinated({ kind: "log-normal" })).not.toThrow();
});
