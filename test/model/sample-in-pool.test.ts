import { describe, expect, test } from "vitest";
import { sampleBlock } from "../../src/model/sample-block.js";
import { sampleInPool } from "../../src/model/sample-in-pool.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const network = networkOf({ hidden: [8], parameterization: "v" });

describeEngines("sampleInPool", (engineOf) => {
  const request = () => ({
    network,
    parameters: initializeParameters(engineOf(), network, 1),
    schedule: { kind: "vp-cosine", tMin: 0.01, tMax: 0.99 } as const,
    grid: { kind: "uniform", steps: 4 } as const,
    sampler: "ancestral" as const,
    denoiseLast: false,
    seed: 5,
    count: 1030,
  });

  test("cut into blocks, the samples are those of one call, and progress reaches the end", async () => {
    const progress: number[] = [];
    const samples = await sampleInPool(new InThreadPool(engineOf()), request(), {
      onAdvance: (done) => progress.push(done),
    });
    expect(samples).toEqual(sampleBlock.run(engineOf(), { ...request(), firstSample: 0 }));
    expect(progress).toEqual([512, 1024, 1030]);
  });

  describe("stopped", () => {
    test("by a signal it rejects", async () => {
      const signal = AbortSignal.abort();
      await expect(sampleInPool(new InThreadPool(engineOf()), request(), { signal })).rejects.toMatchObject({
        code: "FEDSCORE_ABORTED",
      });
    });
  });
});
