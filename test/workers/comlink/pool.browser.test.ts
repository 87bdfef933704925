/** Web Workers of the built package, in a real page. */

import { createEngine, type Engine, openPool } from "fedscore";
import { ComlinkPool } from "fedscore/workers";
import { beforeAll, describe, expect, it } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** A worker script that is not this package's. */
function workerOf(script: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
}

describe("ComlinkPool in a page", () => {
  it("says why workers cannot start", async () => {
    const broken = () => workerOf("throw new Error('a policy forbids it')");
    await expect(ComlinkPool.start(engine, { workers: 1, createWorker: broken })).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("a policy forbids it"),
    });
    const silent = () => workerOf("");
    const silence = ComlinkPool.start(engine, { workers: 1, createWorker: silent, readyTimeout: 100 });
    await expect(silence).rejects.toThrow("the worker was not ready after 100 ms");
  });

  it("runs in the page's own thread where workers are forbidden, and says so", async () => {
    const { Worker: original } = globalThis;
    globalThis.Worker = new Proxy(original, {
      construct() {
        throw new DOMException("refused by the page's policy", "SecurityError");
      },
    });
    try {
      const pool = await openPool(engine, { workers: 2 });
      expect(pool.name).toMatch(/^in-thread \(no workers: .*refused by the page's policy\)$/);
    } finally {
      globalThis.Worker = original;
    }
  });
});
