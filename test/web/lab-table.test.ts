// @module-tag slow
/** A table in the lab, from a dropped file to synthetic rows, in Chromium. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dateDay, dictionary, float64, int32, tableFromArrays, tableToIPC, utf8 } from "@uwdata/flechette";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TableChoices, tableConfig } from "../../src/experiment/init/table-config.js";
import { loadModel } from "../../src/model/load-model.js";
import { readTable } from "../../src/tables/read/read.js";
import { asJson } from "../../src/web/json.js";
import { hashOf } from "../../src/web/link.js";
import { browserPath, served, whyNoPage } from "../e2e/federation-page.js";
import { seriousProblems } from "../support/axe.js";
import { requireWeb } from "../support/built.js";
import { simdEngine } from "../support/engines.js";

const rows = Array.from({ length: 240 }, (_, i) => {
  const [site, dose] = [["north", "south", "west"][i % 3], (i * 7919) % 100];
  return `${i + 1},${site},${(dose / 4).toFixed(2)},${dose > 55 ? "high" : "low"},2024-03-${10 + (i % 19)}`;
});
const csv = ["id,site,dose,severity,day", ...rows, ""].join("\n");
const golden = new URL("../golden/typed-tables/", import.meta.url);
const web = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** The same rows as an Arrow file. */
function arrowOf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const cells = lines.map((line) => line.split(","));
  const columns = {
    id: cells.map(([id]) => Number(id)),
    site: cells.map(([, site]) => site),
    dose: cells.map(([, , dose]) => Number(dose)),
    severity: cells.map(([, , , severity]) => severity),
    day: cells.map(([, , , , day]) => new Date(day)),
  };
  const types = { id: int32(), site: dictionary(utf8()), dose: float64(), severity: utf8(), day: dateDay() };
  return new Uint8Array(tableToIPC(tableFromArrays(columns, { types }), { format: "file" }) ?? []);
}

describe.skipIf(browserPath === undefined)(`a table in the lab${whyNoPage}`, { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "fedscore-lab-table-"));
  let browser: Browser;

  beforeAll(async () => {
    requireWeb();
    browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox", "--disable-gpu"] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function chosen(page: Page, name: string, content: string | Uint8Array): Promise<void> {
    writeFileSync(join(folder, name), content);
    await page.locator("#table-file").setInputFiles(join(folder, name));
  }

  /** @param times how often the content is in the file. */
  async function dropped(page: Page, name: string, content: string, times = 1): Promise<void> {
    const dataTransfer = await page.evaluateHandle(
      ([named, text, count]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(Array<Blob>(count).fill(new Blob([text])), named));
        return transfer;
      },
      [name, content, times] as const,
    );
    await page.locator(".table-form").dispatchEvent("drop", { dataTransfer });
  }

  async function savedBy(page: Page, name: string): Promise<Buffer> {
    const button = page.getByRole("button", { name, exact: true });
    const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
    return readFileSync(await file.path());
  }

  it("is dropped, overruled, trained and drawn, and once the page is loaded nothing is asked of its host", async () => {
    const asked: string[] = [];
    const said: string[] = [];
    const beyond: string[] = [];
    const headers = { "cache-control": "public, max-age=3600" };
    const use = async (origin: string) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      page.on("pageerror", ({ message }) => said.push(message));
      page.on("console", (message) => said.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(origin) || request.method() !== "GET") beyond.push(request.url());
      });
      await page.goto(origin);
      // All of its files but the kernels that it does not run by.
      const files = readdirSync(join(web, "assets")).filter((name) => !name.startsWith("relaxed"));
      await expect
        .poll(() => files.filter((name) => !asked.includes(`/assets/${name}`)), { timeout: 30_000 })
        .toEqual([]);
      const loaded = asked.length;
      const label = (name: string) => page.getByLabel(name, { exact: true });
      const stageSays = (words: RegExp) => page.locator("#stage").getByText(words).waitFor();

      // What is no table leaves the page as it was.
      await page.locator("#main-training-rounds").fill("77");
      await chosen(page, "broken.csv", 'a,b\n1,2\n"3,4\n');
      await page
        .locator(".table-form .drop .problem", { hasText: "broken.csv, line 3: expected cells whose quotes" })
        .waitFor();
      expect(await page.locator("#main-training-rounds").inputValue()).toBe("77");
      expect(await page.locator("#main-data").inputValue()).toBe("ring");

      // The guess, as of the command line.
      await dropped(page, "visits.csv", csv);
      await page.getByText("visits.csv: 240 rows, 4 of 5 columns").waitFor();
      const configFor = async (choices: TableChoices = {}, file: BlobPart = csv, name = "visits.csv") =>
        (await tableConfig(new Blob([file]), name, name, choices)).config;
      const shownConfig = async () => JSON.parse(await page.locator("#config-text").inputValue());
      expect(await shownConfig()).toEqual(asJson(await configFor()));
      expect(await label("Keep id").isChecked()).toBe(false);
      expect(await page.getByText("all 240 integers differ").count()).toBe(1);

      // A large file says how far it is read, and can be left: the table before it stays.
      const config0 = await shownConfig();
      const stretch = rows.join("\n").repeat(200);
      await dropped(page, "large.csv", `id,site,dose,severity,day\n${stretch}\n`, 60);
      await page.getByRole("progressbar", { name: "Reading large.csv" }).waitFor();
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.getByText("Reading large.csv was cancelled. The table is still visits.csv: 240 rows").waitFor();
      expect(await page.locator("#table-file").evaluate((input) => input === document.activeElement)).toBe(true);
      expect(await page.locator(".reading").count()).toBe(0);
      expect(await shownConfig()).toEqual(config0);

      // Other kinds of files, with what the page itself has for them.
      const arrow = arrowOf(rows);
      await chosen(page, "visits.arrow", arrow);
      await page.getByText("visits.arrow: 240 rows, 4 of 5 columns").waitFor();
      expect(await shownConfig()).toEqual(asJson(await configFor({}, arrow, "visits.arrow")));
      for (const name of ["zstd.parquet", "lz4.arrow"]) {
        await chosen(page, name, readFileSync(new URL(name, golden)));
        await page.locator(".table-form .drop .problem", { hasText: `a config of ${name} needs` }).waitFor();
        expect(await page.getByLabel("Type of moment").inputValue()).toBe("datetime");
      }
      await chosen(page, "brotli.parquet", readFileSync(new URL("brotli.parquet", golden)));
      const others = "Parquet files are read that are UNCOMPRESSED, SNAPPY, GZIP, LZ4_RAW, LZ4, ZSTD";
      await page.getByText(`brotli.parquet is compressed by BROTLI; ${others}`).waitFor();
      await chosen(page, "visits.csv", csv);
      await page.getByText("visits.csv: 240 rows, 4 of 5 columns").waitFor();

      // A type that cells do not fit is refused beside its column.
      await page.locator("#main-training-rounds").fill("1000000");
      await label("Type of severity").selectOption("integer");
      const problem = page.locator("li", { has: label("Type of severity") }).locator(".problem");
      expect(await problem.textContent()).toBe(
        'visits.csv, line 2, column "severity": expected an integer, found "low"',
      );
      expect(await seriousProblems(page)).toEqual([]);
      const train = page.getByRole("button", { name: "Train on this table" });
      expect(await train.isDisabled()).toBe(true);
      await label("Type of severity").selectOption("string");
      await label("Keep day").uncheck();
      await label("Client column").selectOption("site");
      await page.getByText(/3 of 5 columns, which are vectors of \d+ numbers; 3 clients, as/).waitFor();
      await page.locator("#table-predict").fill("day>2024-03-12");
      await page.locator("#table-predict").press("Tab");
      await page.locator("#table-predict-problem", { hasText: "config.data.predict must" }).waitFor();
      await page.locator("#table-predict").fill("severity");
      await page.locator("#table-predict").press("Tab");
      await page.locator("#table-predict-problem").waitFor({ state: "detached" });

      // It can be stopped, and run to its end.
      await train.press("Enter");
      await stageSays(/^Training, round/);
      await page.getByRole("button", { name: "Stop", exact: true }).press("Enter");
      await stageSays(/^Stopped$/);
      await page.locator("#main-training-rounds").fill("30");
      await train.press("Enter");
      await page.getByRole("heading", { name: "Run 2: visits" }).waitFor();
      await stageSays(/^Finished$/);
      for (const heading of ["Quality of the synthetic table", "Columns", "Synthetic rows", "What the rows give away"])
        await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      expect(await page.locator("#table-columns-heading ~ .reported .panel svg").count()).toBe(3);

      const config = JSON.parse(String(await savedBy(page, "config.json")));
      const choices = { clientColumn: "site", predict: "severity", overrule: { day: false } } as const;
      const made = await configFor(choices);
      expect(config).toEqual(asJson({ ...made, training: { ...made.training, rounds: 30 } }));
      const schema = JSON.parse(String(await savedBy(page, "synthetic.schema.json")));
      expect(schema).toEqual(config.data.schema);
      const synthetic = readTable(await savedBy(page, "synthetic.csv"), "synthetic.csv", schema);
      expect(synthetic.table).toMatchObject({ rows: config.sampling.count, columns: { length: 3 } });
      expect(loadModel(await simdEngine(), await savedBy(page, "model.safetensors")).table?.schema).toEqual(schema);

      await page.setViewportSize({ width: 380, height: 800 });
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
      expect(await seriousProblems(page)).toEqual([]);
      expect(asked.slice(loaded)).toEqual([]);

      // A link has all but the rows.
      await page.goto("about:blank");
      await page.goto(`${origin}/${hashOf(config)}`);
      await page.getByText("This page does not have visits.csv yet").waitFor();
      await chosen(page, "visits.csv", csv);
      await page.getByText(/^visits\.csv: 240 rows, 3 of 5 columns/).waitFor();
      expect(await label("Keep day").isChecked()).toBe(false);
      expect(await shownConfig()).toEqual(config);
      await page.close();
    };
    await served(web, use, { headers, onRequest: (path) => asked.push(path) });
    expect([said, beyond]).toEqual([[], []]);
  });
});
