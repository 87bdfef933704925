// @module-tag slow
/** The lab in Chromium, served by `fedscore serve`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeIdx } from "../../src/data/formats/idx.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { hashOf } from "../../src/web/link.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { findChromium } from "../../tools/chromium.mjs";
import { pointsCsv, startCli, temporaryFolder } from "../cli/support.js";
import { served } from "../e2e/federation-page.js";
import { seriousProblems } from "../support/axe.js";
import { requireWeb } from "../support/built.js";
import { computed } from "../support/computed.js";
import { simdEngine } from "../support/engines.js";

const browserPath = findChromium();
const skipped = browserPath === undefined ? " (skipped: no Chromium found)" : "";

/** Runs in about a second, with a certificate. */
const config = {
  name: "small",
  seed: 3,
  data: { kind: "ring", train: 400, heldOut: 100 },
  transforms: [{ kind: "standardize", scale: "global" }],
  network: { hidden: [16, 8], noiseFeatures: 8 },
  training: { rounds: 6, localSteps: 2, batchSize: 32 },
  federation: { clients: 3, partition: { kind: "dirichlet" }, capacities: [1, 0.5] },
  pruning: { family: "rolling" },
  sampling: { grid: { kind: "uniform-log-snr", steps: 8 }, count: 100 },
  evaluation: { divergences: ["energyDistance"], samples: 100 },
  certificate: { paths: 1024, intervalRows: 256, intervalPaths: 2 },
} satisfies ConfigInput;

describe.skipIf(browserPath === undefined)(`the lab${skipped}`, { timeout: 180_000 }, () => {
  const { path: folder, remove } = temporaryFolder();
  let browser: Browser;
  let address: string;
  let server: ReturnType<typeof startCli>;
  const said: string[] = [];

  beforeAll(async () => {
    requireWeb();
    server = startCli(["serve", "--port", "0"], folder);
    const { stdout } = server.child;
    const line = new Promise<string>((resolve) => stdout?.once("data", (chunk) => resolve(String(chunk))));
    address = (await line).trim();
    browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox", "--disable-gpu"] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.child.kill("SIGINT");
    expect(await server?.outcome).toMatchObject({ code: 0, stderr: "" });
    remove();
  });

  async function opened(hash = hashOf(config), at = address): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    page.on("pageerror", ({ message }) => said.push(message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) said.push(message.text());
    });
    await page.goto(at + hash);
    await button(page, "Run").waitFor();
    return page;
  }

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const stage = (page: Page) => page.locator("#stage");
  const ended = (page: Page, word = "Finished") => stage(page).getByText(word, { exact: true }).waitFor();

  async function savedBy(page: Page, name: string): Promise<Buffer> {
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    return readFileSync(await file.path());
  }

  it("finishes a run and a certificate by mouse, with the bytes of the same config in Node, and compares two runs", async () => {
    const page = await opened();
    expect(await seriousProblems(page)).toEqual([]);
    await button(page, "Run").click();
    await ended(page);
    expect(await seriousProblems(page)).toEqual([]);
    expect(await page.locator(".verdict").textContent()).toMatch(
      /^With 95 % confidence the KL divergence from the law of the data to that of the samples .* nats/,
    );
    for (const heading of [
      "Samples along the reverse process",
      "Training loss",
      "Clients",
      "Coverage of neurons",
      "Certificate",
    ])
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();

    const inNode = join(folder, "node");
    const pool = new InThreadPool(await simdEngine());
    const result = await runExperiment(config, { variant: "simd", pool, out: inNode });
    expect(await savedBy(page, "model.safetensors")).toEqual(readFileSync(join(inNode, "model.safetensors")));
    expect(await savedBy(page, "samples.npy")).toEqual(readFileSync(join(inNode, "samples.npy")));
    const inPage = JSON.parse(String(await savedBy(page, "result.json")));
    expect(inPage.checksums).toEqual(result.checksums);
    // Beside the model's bytes, engines differ in the last bit of exp and log.
    expect(inPage.certificate.upper).toBeCloseTo(computed(result.certificate).upper ?? Number.NaN, 9);
    expect(String(await savedBy(page, "report.html"))).toMatch(/^<!doctype html>[\s\S]*<h1>small<\/h1>[\s\S]*<svg/);

    await page.getByLabel("Mask family").selectOption("full");
    await button(page, "Run").click();
    await page.getByRole("heading", { name: "Run 2: small" }).waitFor();
    await ended(page);
    await page.getByRole("heading", { name: "Training loss of the runs" }).waitFor();
    expect(await page.locator("tr.differs th").allTextContents()).toEqual(["mask family"]);
    expect(await seriousProblems(page)).toEqual([]);
    await page.close();
  });

  it("holds, goes on and stops by mouse", async () => {
    const page = await opened(hashOf({ ...config, training: { ...config.training, rounds: 1_000_000 } }));
    const stageSays = (words: RegExp) => stage(page).getByText(words).waitFor();
    await button(page, "Run").click();
    await stageSays(/^Training/);
    expect(await seriousProblems(page)).toEqual([]);
    await button(page, "Pause").click();
    await stageSays(/^Paused/);
    expect(await seriousProblems(page)).toEqual([]);
    await button(page, "Go on").click();
    await stageSays(/^Training/);
    await button(page, "Stop").click();
    await ended(page, "Stopped");
    await page.close();
  });

  it("runs, holds, steps and ends by keyboard alone, with a file that was chosen", async () => {
    const page = await opened();
    writeFileSync(join(folder, "points.csv"), pointsCsv(400));
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press("Tab");
        const focused = page.locator(":focus");
        if ((await focused.evaluate((each) => each.textContent?.trim() || each.getAttribute("id"))) === name) return;
      }
      throw new Error(`no Tab leads to ${name}`);
    };
    // What a system's dialogue does, no page can.
    await page.locator("#data-file").setInputFiles(join(folder, "points.csv"));
    await page.getByText("points.csv, ").waitFor();
    await tabTo("main-training-rounds");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("1000000");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Run 1: points" }).waitFor();
    await stage(page)
      .getByText(/^Training/)
      .waitFor();
    await tabTo("One round");
    await page.keyboard.press("Enter");
    await stage(page)
      .getByText(/^Paused/)
      .waitFor();
    const round = async () =>
      Number(/round ([\d,]+) of/.exec((await stage(page).textContent()) ?? "")?.[1].replaceAll(",", ""));
    const before = await round();
    await page.keyboard.press("Enter");
    await expect.poll(round).toBe(before + 1);
    await tabTo("Stop");
    await page.keyboard.press("Enter");
    await ended(page, "Stopped");
    await expect.poll(() => page.locator(":focus").count()).toBe(1);

    // A run that comes to its end, and its certificate.
    await page.goto("about:blank");
    await page.goto(address + hashOf(config));
    await button(page, "Run").waitFor();
    await tabTo("Run");
    await page.keyboard.press("Enter");
    await ended(page);
    await page.getByRole("heading", { name: "Certificate", exact: true }).waitFor();
    await page.close();
  });

  it("says what is wrong with a config, with a link and with data, where a screen reader hears it", async () => {
    const page = await opened();
    await page.getByLabel("Clients", { exact: true }).fill("0");
    await button(page, "Run").click();
    const alert = page.getByRole("alert");
    expect(await alert.textContent()).toContain("config.federation.clients must be an integer in [1, 10000000], got 0");
    expect(await page.getByLabel("Clients", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByLabel("Clients", { exact: true }).fill("500");
    await button(page, "Run").click();
    await page.getByText("config.federation.clients must not exceed the 400 training rows, got 500").waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.goto("about:blank");
    await page.goto(`${address}#config=damaged`);
    expect(await alert.textContent()).toContain("copy the whole link");
    await page.close();
  });

  it("is files for any web host, under any path, and takes images that are dropped", async () => {
    const images = Uint8Array.from({ length: 300 * 64 }, (_, i) => (i * 2654435761) >>> 24);
    writeFileSync(join(folder, "digits.idx3-ubyte"), writeIdx(images, [300, 8, 8]));
    const web = fileURLToPath(new URL("../../dist/web", import.meta.url));
    const small = {
      ...config,
      federation: { clients: 3, capacities: [1, 0.5] },
      certificate: { paths: 1024, intervalRows: 0 },
    };
    await served(
      web,
      async (origin) => {
        const page = await opened(hashOf(small), `${origin}/a/b/`);
        await page.locator("#data-file").setInputFiles(join(folder, "digits.idx3-ubyte"));
        await page.getByText("digits.idx3-ubyte, ").waitFor();
        await button(page, "Run").click();
        await ended(page);
        await page.getByText("270 training rows of 64 numbers, 30 held out").waitFor();
        const terms = page.locator("section", { has: page.getByRole("heading", { name: "Certificate", exact: true }) });
        // One bar of three terms: the run's certificate is told once, though no interval follows.
        expect(await terms.last().locator('[data-mark="bar"] rect').count()).toBe(3);
        await page.close();
      },
      { under: "/a/b/" },
    );
  });

  it("breaks no rule of its policy, and throws nothing", () => {
    expect(said).toEqual([]);
  });
});
