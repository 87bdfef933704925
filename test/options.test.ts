import { describe, expect, it } from "vitest";
import { sample } from "../src/diffusion/sample.js";
import { ArgumentError, ArgumentTypeError } from "../src/errors.js";
import { runExperiment } from "../src/experiment/run.js";
import { createFederation } from "../src/federation/federation.js";
import { createEngine } from "../src/kernels/index.js";
import { sampleModel } from "../src/model/sample-model.js";
import { keysOf, requireOptions } from "../src/options.js";
import { createTarget } from "../src/targets/index.js";
import { certifyInPool } from "../src/theory/certificate/certify-in-pool.js";
import { InThreadPool } from "../src/workers/in-thread.js";
import { openPool } from "../src/workers/open-pool.js";
import { smallFederation, testTransport } from "./federation/support.js";
import { simdEngine } from "./support/engines.js";

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const federation = (overrides: object) =>
  createFederation(engine, { ...smallFederation(testTransport(engine), 3), ...overrides });

const typos: readonly (readonly [string, () => unknown])[] = [
  ['worker is not known (did you mean "workers"?), got 2', () => openPool(engine, { worker: 2 } as never)],
  ['target.mode is not known (did you mean "modes"?), got 3', () => createTarget({ kind: "ring", mode: 3 } as never)],
  [
    'sginal is not known (did you mean "signal"?), got AbortSignal',
    () => sample(engine, { sginal: new AbortController().signal } as never),
  ],
  [
    "steps is not known (known are count, seed, sampler, grid, class, guidance, states, signal, onAdvance), got 5",
    () => sampleModel(engine, {} as never, { steps: 5 } as never),
  ],
  ['varient is not known (did you mean "variant"?), got "simd"', () => createEngine({ varient: "simd" } as never)],
  ['round is not known (did you mean "rounds"?), got 3', () => federation({ round: 3 })],
  [
    'clients[0].keepratio is not known (did you mean "keepRatio"?), got 0.5',
    () => federation({ clients: [{ rows: Uint32Array.of(0), keepratio: 0.5 }] }),
  ],
  [
    'network.hiden is not known (did you mean "hidden"?), got array of 1',
    () => federation({ network: { dimension: 2, sigmaData: 1, hiden: [3] } }),
  ],
  [
    'training.batchsize is not known (did you mean "batchSize"?), got 3',
    () => federation({ training: { batchsize: 3 } }),
  ],
  [
    'training.levels.counts is not known (did you mean "count"?), got 3',
    () => federation({ training: { levels: { counts: 3 } } }),
  ],
  [
    'training.optimizer.learnRate is not known (did you mean "learningRate"?), got 1',
    () => federation({ training: { optimizer: { kind: "sgd", learnRate: 1 } } }),
  ],
  [
    'server.beta is not known (did you mean "beta1"?), got 0.5',
    () => federation({ server: { kind: "fedadam", beta: 0.5 } }),
  ],
  [
    'checkpoint.evry is not known (did you mean "every"?), got 1',
    () =>
      federation({})
        .train({ checkpoint: { evry: 1, save: async () => {} } } as never)
        .next(),
  ],
];

describe("options", () => {
  it.each(typos)("%s", async (message, call) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ message, code: "FEDSCORE_INVALID_ARGUMENT" });
  });

  const duck = { aborted: false, addEventListener() {} };
  const calls: readonly (readonly [string, (signal: never) => unknown])[] = [
    ["sample", (signal) => sample(engine, { signal } as never)],
    ["sampleModel", (signal) => sampleModel(engine, {} as never, { signal })],
    ["train", (signal) => federation({}).train({ signal }).next()],
    ["certifyInPool", (signal) => certifyInPool(pool, {} as never, { paths: 8, signal })],
    ["runExperiment", (signal) => runExperiment({ name: "run", data: { kind: "ring" } }, { signal })],
    ["a call of a pool", (signal) => pool.call({ name: "job", run: () => 1 }, 1, { signal })],
  ];
  it.each(calls)("%s refuses a signal that is none", async (_, call) => {
    for (const wrong of [duck, new AbortController(), null, 1]) {
      const error = await Promise.resolve()
        .then(() => call(wrong as never))
        .catch((error: unknown) => error);
      expect(error).toBeInstanceOf(ArgumentTypeError);
      expect(error).toMatchObject({ message: expect.stringMatching(/^signal must be an AbortSignal, such as /) });
    }
  });

  it("may have known keys, and unknown ones that are undefined", () => {
    const known = keysOf<{ readonly a: number; readonly b?: string | undefined }>({ a: true, b: true });
    const given = { a: 1, b: undefined, c: undefined };
    expect(requireOptions("options", given, known)).toBe(given);
    expect(() => requireOptions("options", null as never, known)).toThrow("options must be an object, got null");
  });
});
