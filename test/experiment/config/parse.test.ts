import { describe, expect, test } from "vitest";
import { formats } from "../../../src/data/formats/index.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { oneOf } from "../../../src/fields.js";
import { targets } from "../../../src/targets/index.js";

const ring = { name: "a", data: { kind: "ring" } };

/** The lines of the error, or [] for a valid config. */
function problems(config: unknown): string[] {
  try {
    parseConfig(config);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: "FEDSCORE_INVALID_CONFIG" });
    return (error as Error).message.split("\n");
  }
}

describe("parseConfig", () => {
  test("fills in defaults at every depth", () => {
    const config = parseConfig(ring);
    expect(config.data).toMatchObject({ kind: "ring", modes: 8, train: 20000, heldOut: 5000 });
    expect(config.network).toMatchObject({ hidden: [128, 128, 128], parameterization: "v" });
    expect(config.training.optimizer).toMatchObject({ kind: "adam", learningRate: 0.001 });
    expect(config.federation.server).toEqual({ kind: "fedavg", learningRate: 1 });
    expect(config.sampling.grid).toEqual({ kind: "uniform-log-snr", steps: 100 });
  });

  test("a grid of Benton et al. may be given by its kappa", () => {
    const grid = { kind: "benton", kappa: 0.1, uniformSteps: 5, geometricSteps: 20 };
    expect(parseConfig({ ...ring, sampling: { grid } }).sampling.grid).toEqual(grid);
  });

  test("a parsed config parses to itself", () => {
    const config = parseConfig(ring);
    expect(parseConfig(config)).toEqual(config);
  });

  test.each<[string, object, string]>([
    [
      "capacity",
      { federation: { capacities: [1, 0.5, 1.2] } },
      "config.federation.capacities[2] must lie in (0, 1], got 1.2",
    ],
    ["capacity 0", { federation: { capacities: [0] } }, "config.federation.capacities[0] must lie in (0, 1], got 0"],
    [
      "steps of a client",
      { federation: { localSteps: [5, 0] } },
      "config.federation.localSteps[1] must be an integer in [1, 4294967295], got 0",
    ],
    [
      "no clients",
      { federation: { clients: 0 } },
      "config.federation.clients must be an integer in [1, 10000000], got 0",
    ],
    [
      "part of a client",
      { federation: { clients: 1.5 } },
      "config.federation.clients must be an integer in [1, 10000000], got 1.5",
    ],
    ["NaN", { training: { clipNorm: Number.NaN } }, "config.training.clipNorm must lie in (0, inf), got NaN"],
    ["text for a number", { seed: "1" }, 'config.seed must be an integer >= 0, got "1"'],
    ["unknown key", { trainig: {} }, 'config.trainig is not a known key; did you mean "training"?'],
    [
      "unknown inner key",
      { federation: { client: 3 } },
      'config.federation.client is not a known key; did you mean "clients"?',
    ],
    [
      "unknown key of a union's member",
      { data: { kind: "ring", radios: 3 } },
      'config.data.radios is not a known key; did you mean "radius"?',
    ],
    [
      "unknown key unlike any other",
      { reference: { zzz: 3 } },
      "config.reference.zzz is not a known key; known here: dense",
    ],
    [
      "name of a union's member",
      { data: { kind: "mnits" } },
      `config.data.kind ${oneOf([...Object.keys(targets), "mnist", "clients", "table", ...Object.keys(formats)])}, got "mnits"; did you mean "mnist"?`,
    ],
    ["missing member", { data: { kind: "csv" } }, "config.data.path is missing: it must be a path"],
    [
      "odd features",
      { network: { noiseFeatures: 3 } },
      "config.network.noiseFeatures must be an even integer in [2, 4096], got 3",
    ],
    ["no layers", { network: { hidden: [] } }, "config.network.hidden must have at least one entry, got array of 0"],
    [
      "grid that rises",
      { sampling: { grid: { kind: "user", times: [0.9, 0.5, 0.5] } } },
      "config.sampling.grid.times[2] must be below times[1] = 0.5, got 0.5",
    ],
    [
      "a schedule without room, by the default that takes it",
      { schedule: { kind: "ou", tMax: 0.0005 } },
      "config.schedule.tMin must lie in (0, tMax = 0.0005), got 0.001",
    ],
    [
      "steps beside kappa",
      { sampling: { grid: { kind: "benton", steps: 5, kappa: 0.1, uniformSteps: 5, geometricSteps: 20 } } },
      "config.sampling.grid.steps must be absent where kappa is given, got 5",
    ],
    [
      "weights that do not sum to 1",
      { data: { kind: "product", dimension: 2, weights: [0.5, 0.6] } },
      "config.data.weights must sum to 1, got 1.1",
    ],
    [
      "a subspace wider than the space",
      { data: { kind: "low-rank", dimension: 2, rank: 3 } },
      "config.data.rank must not exceed dimension 2, got 3",
    ],
    ["a list for an object", { training: [] }, "config.training must be an object, got array of 0"],
  ])("refuses %s", (_, change, message) => {
    expect(problems({ ...ring, ...change })).toEqual([message]);
  });

  test("reports every problem, one line each", () => {
    expect(problems({ name: "a b", data: { kind: "ring", mods: 3 }, federation: { clients: -1 } })).toEqual([
      'config.name must consist of letters, digits, dots, dashes and underscores, got "a b"',
      'config.data.mods is not a known key; did you mean "modes"?',
      "config.federation.clients must be an integer in [1, 10000000], got -1",
    ]);
    expect(problems(undefined)).toEqual(["config is missing: it must be an object"]);
  });
});
