import { expect, it } from "vitest";
import { ArgumentError, ArgumentTypeError } from "../../src/errors.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { levelSettings } from "../../src/experiment/prepare/training-settings.js";
import { createFederation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { serverOptimizers } from "../../src/federation/server-optimizers/index.js";
import { oneOf } from "../../src/fields.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { describeEngines } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

const data = { kind: "ring", train: 10, heldOut: 4 };

describeEngines("createFederation's options", (engineOf) => {
  const base = () => smallFederation(testTransport(engineOf()), 5);
  const client = (change: object) => base().clients.map((other, id) => (id === 3 ? { ...other, ...change } : other));
  const message = (changes: object): string => {
    try {
      createFederation(engineOf(), { ...base(), ...changes } as FederationOptions);
    } catch (error) {
      if (error instanceof ArgumentError || error instanceof ArgumentTypeError) return error.message;
      throw error;
    }
    return "accepted";
  };

  it("are refused with the argument, the rule and the value", () => {
    expect(message({})).toBe("accepted");
    expect(message({ clients: [] })).toBe("clients must have at least 1 client, got array of 0");
    const hole = base().clients.slice();
    delete hole[3];
    expect(message({ clients: hole })).toBe("clients[3] must not be a hole of the array, got undefined");
    expect(message({ clients: client({ color: 1 }) })).toMatch(/^clients\[3\]\.color is not known/);
    expect(message({ clients: client({ keepRatio: 1.2 }) })).toBe("clients[3].keepRatio must lie in (0, 1], got 1.2");
    expect(message({ clients: client({ keepRatio: Number.NaN }) })).toBe(
      "clients[3].keepRatio must lie in (0, 1], got NaN",
    );
    expect(message({ clients: client({ rows: new Uint32Array(0) }) })).toBe(
      "clients[3].rows must hold at least 1 row, got 0",
    );
    expect(message({ clients: client({ rows: [1] }) })).toBe("clients[3].rows must be a Uint32Array, got array of 1");
    expect(message({ clients: client({ rows: Uint32Array.of(0, 10) }) })).toBe(
      "clients[3].rows[1] must be below the 10 rows of points, got 10",
    );
    expect(message({ clients: client({ localSteps: 0 }) })).toMatch(
      /^clients\[3\]\.localSteps must be an integer in \[1, /,
    );
    expect(message({ localSteps: 0 })).toMatch(/^localSteps must be an integer in \[1, \d+\], got 0$/);
    expect(message({ rounds: 1.5 })).toMatch(/^rounds must be an integer in \[1, \d+\], got 1\.5$/);
    expect(message({ participation: 0 })).toBe("participation must lie in (0, 1], got 0");
    expect(message({ participation: 1.01 })).toBe("participation must lie in (0, 1], got 1.01");
    expect(message({ ema: 1 })).toBe("ema must lie in [0, 1), got 1");
    expect(message({ weighting: "size" })).toBe('weighting must be one of "uniform" or "samples", got "size"');
    expect(message({ nonFinite: "keep" })).toBe('nonFinite must be one of "stop" or "drop", got "keep"');
    expect(message({ capacityAssignment: "free" })).toBe(
      'capacityAssignment must be one of "fixed" or "dynamic", got "free"',
    );
    expect(message({ seed: -1 })).toBe("seed must be an integer >= 0, got -1");
    expect(message({ points: new Float32Array(9) })).toMatch(
      /^points must have a positive multiple of network.dimension = 2 entries/,
    );
    expect(message({ points: new Float32Array(20).fill(Number.NaN, 7) })).toBe("points[7] must be finite, got NaN");
    expect(message({ points: [1, 2] })).toBe("points must be a Float32Array, got array of 2");
    expect(message({ initial: new Float32Array(3) })).toMatch(/^initial must have \d+ entries, got 3$/);
    expect(message({ server: { kind: "fedavg", learningRate: 0 } })).toBe(
      "server.learningRate must lie in (0, inf), got 0",
    );
    expect(message({ clientRule: { kind: "fedprox", mu: -1 } })).toBe("clientRule.mu must lie in [0, inf), got -1");
    expect(message({ clientRule: { kind: "scafold" } })).toBe(
      'clientRule.kind must be one of "plain", "fedprox", "scaffold" or "fednova", got "scafold"',
    );
    for (const key of ["network", "points", "clients", "transport"]) {
      expect(message({ [key]: undefined })).toMatch(new RegExp(`^${key} must be .*, got undefined$`));
      expect(message({ [key]: "x" })).toMatch(new RegExp(`^${key} must be .*, got "x"$`));
    }
    const { training, network } = base();
    expect(message({ network: { ...network, dimension: undefined } })).toMatch(/^network.dimension must be an integer/);
    expect(message({ network: { ...network, hidden: [6, 0] } })).toMatch(/^network.hidden\[1\] must be an integer in/);
    expect(message({ network: { ...network, residual: 1 } })).toBe("network.residual must be true or false, got 1");
    expect(message({ maskFamily: "prefix" })).toBe('maskFamily must be an object with the method assign, got "prefix"');
    expect(message({ transport: {} })).toBe("transport.open must be a function, got undefined");
    expect(message({ clients: client({ rows: undefined }) })).toBe(
      "clients[3].rows must be a Uint32Array, got undefined",
    );
    expect(message({ training: { ...training, batchSize: Number.NaN } })).toMatch(
      /^training.batchSize must be an integer/,
    );
    expect(message({ training: { ...training, levels: { count: 1 } } })).toMatch(/^training.levels.count must be/);
    expect(message({ training: { ...training, levels: { spacing: "grid" } } })).toBe(
      "training.levels.times must be an array, got undefined",
    );
    expect(message({ training: { ...training, optimizer: { kind: "adam", beta1: 1 } } })).toBe(
      "training.optimizer.beta1 must lie in [0, 1), got 1",
    );
    expect(message({ server: { kind: "adam" } })).toBe(
      `server.kind ${oneOf(Object.keys(serverOptimizers))}, got "adam"`,
    );
  });

  it("have the defaults of their specifications: left out or written down, they are the same run", () => {
    const { training } = base();
    const checkpointOf = (changes: Partial<FederationOptions>) =>
      createFederation(engineOf(), { ...base(), ...changes }).checkpoint();
    const written = checkpointOf({
      training: { ...training, optimizer: { kind: "momentum", learningRate: 0.05, momentum: 0.9 } },
      clientRule: { kind: "plain" },
      server: { kind: "fedadam", learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 0.001 },
    });
    const leftOut = {
      training: { ...training, optimizer: { kind: "momentum" } },
      server: { kind: "fedadam" },
    } as const;
    expect(checkpointOf(leftOut)).toEqual(written);
    const prox = { ...leftOut, clientRule: { kind: "fedprox" } } as const;
    expect(checkpointOf(prox)).not.toEqual(written);
    expect(checkpointOf(prox)).toEqual(checkpointOf({ ...leftOut, clientRule: { kind: "fedprox", mu: 0.01 } }));
  });

  it("have regions of all clients, 64 at most", () => {
    const federate = (regions: readonly number[]) => () => createFederation(engineOf(), { ...base(), regions });
    const { length } = base().clients;
    expect(federate([length])).not.toThrow();
    expect(federate([length - 1])).toThrow(
      `regions must have the ${length} clients of the federation, got ${length - 1}`,
    );
    expect(federate([length, 0])).toThrow("regions[1] must be an integer >= 1, got 0");
    expect(federate(Array(65).fill(1))).toThrow("regions must be at most 64, got 65");
  });

  it("have the defaults of the command line: left out or written down, they are the same run", {
    tags: ["slow"],
  }, async () => {
    const { network, training, federation, pruning, schedule, seed } = parseConfig({ name: "run", data });
    const { rounds, localSteps, levels, ...settings } = training;
    const { points, clients, transport } = base();
    const needed = { points, transport, clients: clients.map(({ rows }) => ({ rows })) };
    const scale = { dimension: 2, sigmaData: 1 };
    const { participation, capacityAssignment, weighting, nonFinite, clientRule, server, capacities } = federation;
    const written: FederationOptions = {
      ...needed,
      network: { ...network, ...scale },
      schedule,
      training: { ...settings, levels: levelSettings(training, undefined) },
      clients: clients.map(({ rows }) => ({ rows, keepRatio: Number(capacities[0]) })),
      maskFamily: maskFamilies[pruning.family],
      ...{ rounds, localSteps, participation, capacityAssignment, weighting, nonFinite, clientRule, server, seed },
    };
    const runs = [{ ...needed, network: scale }, written].map((options) => createFederation(engineOf(), options));
    for (const run of runs) for await (const { round } of run.train()) if (round === 2) break;
    expect(runs[0].round).toBe(3);
    expect(runs[0].checkpoint()).toEqual(runs[1].checkpoint());
    expect(runs[0].options).toEqual(runs[1].options);
  });
});
