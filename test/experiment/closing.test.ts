import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import type { ProgressEvent } from "../../src/experiment/progress.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import type { BlocksCall } from "../../src/federation/training-tasks.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import type { CallOptions, WorkerFunction } from "../../src/workers/worker-pool.js";
import { simdEngine } from "../support/engines.js";
import { withoutTimes } from "../support/without-times.js";

const root = mkdtempSync(join(tmpdir(), "fedscore-closing-"));
afterAll(() => rmSync(root, { recursive: true }));
const engine = await simdEngine();

/** Never answers the call in which client 0 is trained in round 2, until it is told to end. */
class StuckPool extends InThreadPool {
  override call<Input, Output>(
    job: WorkerFunction<Input, Output>,
    input: Input,
    options: CallOptions = {},
  ): Promise<Output> {
    const { blocks } = { blocks: [], ...(input as { input?: Partial<BlocksCall> }).input };
    const isStuck = blocks.some(({ round, clients }) => round === 2 && clients.some(({ client }) => client === 0));
    if (!isStuck) return super.call(job, input, options);
    return new Promise((_, reject) => options.signal?.addEventListener("abort", () => reject(new Error("ended"))));
  }
}

const config = (federation: ConfigInput["federation"]): ConfigInput => ({
  name: "closing",
  data: { kind: "ring", modes: 2, radius: 1, train: 60, heldOut: 20 },
  network: { hidden: [6], noiseFeatures: 4 },
  training: { rounds: 4, localSteps: 2, batchSize: 16 },
  federation: { clients: 3, ...federation },
  sampling: { grid: { kind: "uniform-log-snr", steps: 4 }, count: 20 },
  evaluation: { divergences: ["energyDistance"], samples: 20 },
  certificate: false,
});

const events: ProgressEvent[] = [];
const run = (name: string, pool: InThreadPool, federation: ConfigInput["federation"], resume = false) =>
  runExperiment(config(federation), {
    ...{ pool, variant: "simd", out: join(root, name), resume },
    onProgress: (event) => void events.push(event),
  });

it("a run of which a round has too few updates says so, keeps the others and goes on when it may wait longer", async () => {
  await expect(run("stuck", new StuckPool(engine), { deadline: 0.05 })).rejects.toMatchObject({
    code: "FEDSCORE_TOO_FEW_UPDATES",
    message: expect.stringMatching(
      /^round 2: 0 updates where at least 1 are wanted \(3 late\)\n--resume runs the round again; a longer federation\.deadline .*\nkept: .*checkpoint\.bin, training up to the end of round 1, and .*log\.jsonl$/,
    ),
  });
  expect(existsSync(join(root, "stuck", "checkpoint.bin"))).toBe(true);
  await run("stuck", new InThreadPool(engine), {}, true);
  await run("straight", new InThreadPool(engine), {});
  const [resumed, straight] = ["stuck", "straight"].map(
    (name): ExperimentResult => JSON.parse(readFileSync(join(root, name, "result.json"), "utf8")),
  );
  expect(withoutTimes(resumed)).toEqual(withoutTimes(straight));
  expect(straight.training.perRound.map(({ absent }) => absent)).toEqual([[], [], [], []]);
});
