/** The page of bench/page in a Chromium without a window. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const root = fileURLToPath(new URL("../page", import.meta.url));

/**
 * @param executablePath of a Chromium.
 * @param search URL parameters of page/page.mjs.
 * @returns { page, version, problems, close }: Playwright's page, Chromium's version and the messages of what the page threw.
 */
export async function openPage(executablePath, search) {
  const outDir = await mkdtemp(join(tmpdir(), "fedscore-bench-page-"));
  const options = { root, logLevel: "error", build: { outDir, emptyOutDir: true } };
  const opened = [{ close: () => rm(outDir, { recursive: true }) }];
  const close = async () => {
    for (const each of opened.reverse()) await each.close();
  };
  try {
    await build(options);
    const server = await preview({ ...options, preview: { host: "127.0.0.1", port: 0 } });
    opened.push(server);
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    });
    opened.push(browser);
    const page = await browser.newPage();
    const problems = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/?${new URLSearchParams(search)}`);
    await page.waitForFunction("globalThis.bench !== undefined");
    return { page, version: browser.version(), problems, close };
  } catch (error) {
    await close();
    throw error;
  }
}
