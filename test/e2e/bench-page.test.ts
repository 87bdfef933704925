import { expect, it } from "vitest";
import { openPage } from "../../bench/harness/page.mjs";
import { findChromium } from "../../tools/chromium.mjs";

const browserPath = findChromium();

interface Row {
  readonly state: string;
  readonly gigaflops: number;
}

it.skipIf(browserPath === undefined)(
  `the page of the benches measures in Chromium and shows its numbers${browserPath === undefined ? " (skipped: no Chromium found)" : ""}`,
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
