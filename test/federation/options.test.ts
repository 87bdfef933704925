import { expect, it } from "vitest";
import { ArgumentError, ArgumentTypeError } from "../../src/errors.js";
import { createFederation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { serverOptimizers } from "../../src/federation/server-optimizers/index.js";
import { oneOf } from "../../src/fields.js";
import { describeEngines } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

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
    expect(message({ clientRule: { kind: "scaffold" } })).toBe(
      'clientRule.kind must be one of "plain" or "fedprox", got "scaffold"',
    );
    const { training } = base();
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
});
