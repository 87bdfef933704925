// @module-tag slow
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { openPage } from "../../bench/harness/page.mjs";
import { findChromium } from "../../tools/chromium.mjs";

const browserPath = findChromium();
const peersInstalled = existsSync(new URL("../../bench/node_modules/.package-lock.json", import.meta.url));

function missing(peers: boolean) {
  if (browserPath === undefined) return " (skipped: no Chromium found)";
  return peers && !peersInstalled ? " (skipped: the peers in bench/ are not installed)" : "";
}

interface Row {
  readonly state: string;
  readonly gigaflops: number;
}

it.skipIf(browserPath === undefined)(
  `the page of the benches measures in Chromium and shows its numbers${missing(false)}`,
  async () => {
    const pace = { warm: "0", slice: "0", rounds: "1", points: "100" };
    const { page, problems, close } = await openPage(browserPath, pace);
    try {
      await page.waitForFunction("bench.state !== 'measuring'", null, { timeout: 60_000 });
      expect(problems).toEqual([]);
      expect(await page.textContent("#status")).toBe("Done.");
      const rows: Row[] = await page.evaluate("bench.rows");
      expect(rows).toHaveLength(6);
      for (const { state, gigaflops } of rows) {
        expect(state).toBe("done");
        expect(gigaflops).toBeGreaterThan(0);
      }
      const shown = await page.locator("tbody tr").allTextContents();
      expect(shown).toHaveLength(rows.length);
      for (const text of shown) expect(text).toContain("GFLOP/s");
    } finally {
      await close();
    }
  },
);

it.skipIf(browserPath === undefined || !peersInstalled)(
  `other libraries on the page compute the same product as fedscore there${missing(true)}`,
  async () => {
    const { page, problems, close } = await openPage(browserPath, { driven: "" });
    const request = { op: "prepare", workload: "gemm", params: { rows: 64, depth: 64, columns: 64 } };
    const productOf = async (contestant: string): Promise<number[]> => {
      const answer = await page.evaluate(`bench.ask(${JSON.stringify(contestant)}, ${JSON.stringify(request)})`);
      return answer.check;
    };
    try {
      const expected = await productOf("simd");
      expect(expected.some((value) => value !== 0)).toBe(true);
      for (const peer of ["onnxruntime-web", "tfjs-wasm-tuned", "jax-js", "numpy-ts"]) {
        const product = await productOf(peer);
        expect(product, peer).toHaveLength(expected.length);
        product.forEach((value, index) => {
          expect(value, peer).toBeCloseTo(expected[index] ?? Number.NaN, 3);
        });
      }
      expect(problems).toEqual([]);
    } finally {
      await close();
    }
  },
);
