import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Member } from "../../../src/family.js";
import {
  createServerOptimizer,
  type ServerOptimizerSpec,
  serverOptimizers,
} from "../../../src/federation/server-optimizers/index.js";
import { arbitrarySpec } from "../../support/specs.js";

/** Parameters after each of `updates`, starting at `start`; entry 1 is covered in even rounds only. */
function trajectory(
  spec: ServerOptimizerSpec,
  start: readonly number[],
  updates: readonly (readonly number[])[],
): Float32Array[] {
  const optimizer = createServerOptimizer("server", spec);
  const parameters = Float32Array.from(start);
  const state = optimizer.initialState.map((value) => new Float64Array(start.length).fill(value));
  return updates.map((update, round) => {
    const weights = Float64Array.from(start, (_, i) => (i === 1 && round % 2 === 1 ? 0 : 2));
    optimizer.step({ parameters, update: Float64Array.from(update), weights, state });
    return parameters.slice();
  });
}

const start = [0.5, -1, 2];
const updates = [
  [0.1, 0.2, -0.3],
  [-0.05, 0.4, 0.01],
  [0.2, -0.1, 0],
  [0.3, 0.3, 0.3],
];

describe("server optimizers", () => {
  it("fedavg moves by learningRate times the update", () => {
    const [first] = trajectory({ kind: "fedavg", learningRate: 0.5 }, start, updates);
    expect(first).toEqual(Float32Array.of(0.5 + 0.05, -1 + 0.1, 2 - 0.15));
  });

  it("fedavgm without momentum is fedavg", () => {
    const fedavg = trajectory({ kind: "fedavg", learningRate: 0.7 }, start, updates);
    expect(trajectory({ kind: "fedavgm", learningRate: 0.7, momentum: 0 }, start, updates)).toEqual(fedavg);
  });

  // Reddi et al., arXiv 2003.00295, algorithm 2 by hand in numpy float64 (eta 0.1, tau 0.001; m and v skip uncovered entries):
  // python3 -c "
  // import numpy as np
  // x=np.array([.5,-1,2]); m=np.zeros(3); v=np.full(3,1e-6); U=[[.1,.2,-.3],[-.05,.4,.01],[.2,-.1,0],[.3,.3,.3]]
  // for r,d in enumerate(np.array(U)):
  //   k=np.array([1,r%2==0,1],bool); m[k]=.9*m[k]+.1*d[k]; v[k]=.99*v[k]+.01*d[k]**2; x[k]+=.1*m[k]/(np.sqrt(v[k])+.001)
  // print(repr(x))"
  it("fedadam is algorithm 2 of Reddi et al.", () => {
    const last = trajectory(
      { kind: "fedadam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
      start,
      updates,
    ).at(-1);
    const expected = [0.8546813791161157, -0.8705289405522966, 1.763674721188979];
    // Each of 4 steps rounds to float32 once, below 4.
    expected.forEach((value, i) => {
      expect(Math.abs(value - (last?.[i] ?? Number.NaN))).toBeLessThan(4 * 2 ** -23);
    });
  });

  // The same loop with v[k]=(v-.01*d**2*np.sign(v-d**2))[k] for yogi, v[k]=(v+d**2)[k] for adagrad.
  it.each<[ServerOptimizerSpec, number[]]>([
    [{ kind: "fedyogi", learningRate: 0.1 }, [0.8540102262113141, -0.8706622311705371, 1.764509506877872]],
    [{ kind: "fedadagrad", learningRate: 0.1 }, [0.5372392793166227, -0.9864881304598728, 1.9757321233468421]],
  ])("$0.kind is algorithm 2 of Reddi et al.", (spec, expected) => {
    const last = trajectory(spec, start, updates).at(-1);
    expected.forEach((value, i) => {
      expect(Math.abs(value - (last?.[i] ?? Number.NaN))).toBeLessThan(4 * 2 ** -23);
    });
  });

  // import numpy as np; the same loop with m[k]=.9*m[k]+d[k]; x[k]+=.5*m[k]
  it("fedavgm accumulates updates", () => {
    const last = trajectory({ kind: "fedavgm", learningRate: 0.5, momentum: 0.9 }, start, updates).at(-1);
    const expected = [0.9442, -0.86, 1.6477000000000002];
    expected.forEach((value, i) => {
      expect(Math.abs(value - (last?.[i] ?? Number.NaN))).toBeLessThan(4 * 2 ** -23);
    });
  });
});

const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
const moves = fc.array(values, { minLength: 2, maxLength: 6 });

describe.each(Object.values<Member>(serverOptimizers))("every server optimizer: $kind", (optimizer) => {
  const specs = arbitrarySpec(optimizer).map((spec) => spec as ServerOptimizerSpec);
  const run = (spec: ServerOptimizerSpec, rounds: readonly (readonly number[])[]) => trajectory(spec, start, rounds);

  it("names its source", () => {
    expect(optimizer.source).toMatch(/arXiv \d{4}\.\d{5}/);
  });

  it("leaves uncovered entries and their state alone", () => {
    fc.assert(
      fc.property(specs, moves, (spec, updates) => {
        const withOdd = run(spec, updates);
        for (let round = 1; round < updates.length; round += 2) expect(withOdd[round][1]).toBe(withOdd[round - 1][1]);
        const quiet = updates.map((move, round) => (round % 2 === 1 ? [move[0], 99, move[2]] : move));
        expect(run(spec, quiet)).toEqual(withOdd);
      }),
      { numRuns: 50 },
    );
  });

  it("moves along the first update, and not at all where that is 0", () => {
    fc.assert(
      fc.property(specs, values, (spec, update) => {
        const [moved] = trajectory(spec, [0, 0, 0], [update]);
        moved.forEach((value, i) => {
          expect([0, Math.sign(update[i])]).toContain(Math.sign(value) + 0);
        });
      }),
      { numRuns: 50 },
    );
    const [moved] = run({ kind: optimizer.kind } as ServerOptimizerSpec, [[0.1, -0.2, 0]]);
    expect(Array.from(moved, (value, i) => Math.sign(value - start[i]))).toEqual([1, -1, 0]);
  });

  it("treats entries one by one, and is a function of the updates", () => {
    fc.assert(
      fc.property(specs, moves, (spec, updates) => {
        const all = run(spec, updates);
        expect(run(spec, updates)).toEqual(all);
        const alone = run(
          spec,
          updates.map(([, second, third]) => [0.7, second, third]),
        );
        expect(alone.map((x) => x.slice(1))).toEqual(all.map((x) => x.slice(1)));
      }),
      { numRuns: 50 },
    );
  });
});
