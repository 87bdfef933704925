import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { checkSettings } from "../../../src/experiment/prepare/prepare-run.js";
import { createTarget, targets } from "../../../src/targets/index.js";
import { simdEngine } from "../../support/engines.js";
import { specsOf } from "../../support/specs.js";

const engine = await simdEngine();
const wide = { kind: "gaussian", dimension: 4096 };

const refusals: readonly (readonly [string, object])[] = [
  ["config.data.train must be at most 131072, of 4096 numbers each, got 200000", { data: { ...wide, train: 200_000 } }],
  [
    "config.data.heldOut must be at most 131072, of 4096 numbers each, got 150000",
    { data: { ...wide, heldOut: 150_000 } },
  ],
  ["config.data.train must be an integer in [2, 536870912], got 3000000000", { data: { kind: "ring", train: 3e9 } }],
  [
    "config.sampling.count must be at most 262144, of 4096 numbers each, got 300000",
    { data: wide, sampling: { count: 300_000 } },
  ],
  ["config.sampling.count must be an integer in [2, 1073741824], got 1000000000000", { sampling: { count: 1e12 } }],
  [
    "config.certificate.paths must be an integer in [2, 100000000], got 1000000000000",
    { certificate: { paths: 1e12 } },
  ],
  [
    "config.certificate.confidence must lie in (0.5, 0.999999999999], got 0.9999999999999999",
    { certificate: { confidence: 0.9999999999999999 } },
  ],
  ["config.apriori.probes must be an integer in [1, 268435456], got 1000000000000", { apriori: { probes: 1e12 } }],
  ["config.network.hidden must give the network at most ", { network: { hidden: [65536, 65536, 65536] } }],
  ["config.network.hidden must give the network at most ", { network: { hidden: [30000, 30000] } }],
  ["config.training.batchSize must be at most ", { network: { hidden: [9000] }, training: { batchSize: 65536 } }],
  [
    "config.training.levels.count must be at most ",
    { network: { noiseFeatures: 4096 }, training: { levels: { count: 1_000_000 } } },
  ],
  ["config.federation.clients must not exceed the 20000 training rows, got 30000", { federation: { clients: 30_000 } }],
  [
    "config.transforms[1].components must be at most 2, the dimension before this transform, got 3",
    { transforms: [{ kind: "standardize" }, { kind: "pca", components: 3 }] },
  ],
  [
    "config.data.weights must have 3 entries, one for each mean: the default has 2, got 2",
    { data: { kind: "product", dimension: 2, means: [-1, 0, 1] } },
  ],
];

describe("sizes that cannot work are refused before anything is drawn", () => {
  it.each(refusals)("%s", (message, given) => {
    const check = () => checkSettings(engine, parseConfig({ name: "sizes", data: { kind: "ring" }, ...given }));
    expect(check).toThrow(
      expect.objectContaining({ code: "FEDSCORE_INVALID_CONFIG", message: expect.stringContaining(message) }),
    );
  });
});

describe("rows of a target", () => {
  it.each(specsOf(targets).map((spec) => [spec.kind, spec] as const))(
    "of kind %s are the same in blocks as at once",
    (_, spec) => {
      const { sample, dimension } = createTarget(spec);
      const whole = sample(engine, 50, 3, 7);
      const blocks = [sample(engine, 31, 3, 7), sample(engine, 19, 3, 38)];
      expect(blocks.flatMap(({ points }) => [...points])).toEqual([...whole.points]);
      expect(blocks.flatMap(({ labels }) => [...labels])).toEqual([...whole.labels]);
      expect(whole.points.length).toBe(50 * dimension);
    },
  );
});
