/** Opens a page that runs the federation of test/e2e/page in Chromium. */
import { readFile } from "node:fs/promises";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "../../tools/chromium.mjs";

export interface FederationResult {
  readonly hex: string;
  readonly losses: readonly number[];
  readonly transport: string;
  readonly variant: string;
}

export const browserPath = findChromium();
/** To be added to the names of tests that are skipped without Chromium. */
export const whyNoPage = browserPath === undefined ? " (skipped: no Chromium found)" : "";

/** What the page at `path` of a server finds. @throws Error with the page's uncaught errors. */
export async function resultOf(origin: string, path = "/"): Promise<FederationResult> {
  const browser = await chromium.launch({
    executablePath: browserPath ?? "",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    const problem = new Promise<never>((_, reject) => page.on("pageerror", reject));
    await page.goto(`${origin}${path}`);
    const result = page.locator("#result:not(:empty)").textContent({ timeout: 60_000 });
    return JSON.parse((await Promise.race([result, problem])) ?? "null");
  } finally {
    await browser.close();
  }
}

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** Serves the files of a folder on a free port of the loopback interface while `use` runs. */
export async function served<Result>(
  folder: string,
  use: (origin: string) => Promise<Result>,
  headers: OutgoingHttpHeaders = {},
): Promise<Result> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const head = { ...headers, "content-type": types[extname(path)] ?? "application/octet-stream" };
    readFile(join(folder, path)).then(
      (bytes) => response.writeHead(200, head).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
