/** Opens pages in Chromium, such as that of test/e2e/page, which runs a federation. */
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "../../tools/chromium.mjs";

/** What page/federation.js trains: digests of the model and of its samples, and who did it. */
export interface FederationResult {
  readonly hex: string;
  readonly samplesHex: string;
  readonly losses: readonly number[];
  readonly transport: string;
  readonly variant: string;
}

/** What page/measure.js finds: the strict federation, and the rest of what a platform does. */
export interface Measured extends FederationResult {
  readonly relaxed?: FederationResult;
  readonly byItself: string;
  readonly coldStart: number;
}

export const browserPath = findChromium();
/** To be added to the names of tests that are skipped without Chromium. */
export const whyNoPage = browserPath === undefined ? " (skipped: no Chromium found)" : "";

/** What the page at `path` of a server finds. @throws Error with the page's uncaught errors. */
export async function resultOf<Result = FederationResult>(origin: string, path = "/"): Promise<Result> {
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

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

interface Serving {
  readonly headers?: OutgoingHttpHeaders;
  /** Path of the folder on the server; nothing is served beside it. */
  readonly under?: string;
  /** Called with the path of each request. */
  readonly onRequest?: (path: string) => void;
  /** Called when a file has been served that starts a worker. */
  readonly onWorker?: () => void;
}

/** Serves the files of a folder on a free port of the loopback interface while `use` runs. */
export async function served<Result>(
  folder: string,
  use: (origin: string) => Promise<Result>,
  { headers, under = "/", onRequest, onWorker }: Serving = {},
): Promise<Result> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    onRequest?.(pathname);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const head = { "content-type": types[extname(path)] ?? "application/octet-stream", ...headers };
    const file = path.startsWith(under)
      ? readFile(join(folder, path.slice(under.length)))
      : Promise.reject(new Error("not served"));
    file.then(
      (bytes) => {
        response.writeHead(200, head).end(bytes);
        if (request.headers["sec-fetch-dest"] === "worker") onWorker?.();
      },
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

/** Writes a page into a stranger's folder that imports the package from `url`, by an import map, and no bundler has seen. */
export async function mapped(folder: string, name: string, url: string): Promise<void> {
  const page = await readFile(join(folder, "page/index.html"), "utf8");
  const map = `<script type="importmap">${JSON.stringify({ imports: { fedscore: url } })}</script>`;
  await writeFile(join(folder, name), page.replace("</head>", `${map}</head>`).replace("./main.js", "./page/main.js"));
}
