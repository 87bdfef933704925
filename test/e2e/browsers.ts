/** Opens pages in Chromium and Firefox by the driver that test/matrix installs. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { findChromium } from "../../tools/chromium.mjs";
import { findFirefox } from "../../tools/firefox.mjs";

/** What is used of puppeteer-core, which is not installed where types are checked. */
interface Driver {
  launch(options: {
    browser: "chrome" | "firefox";
    executablePath: string;
    args: readonly string[];
    headless: boolean;
  }): Promise<Launched>;
}

interface Launched {
  version(): Promise<string>;
  createBrowserContext(): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>;
  close(): Promise<void>;
}

interface Page {
  on(event: "pageerror", heard: (error: Error) => void): void;
  goto(url: string): Promise<unknown>;
  waitForSelector(selector: string, options: { timeout: number }): Promise<unknown>;
  $eval(selector: string, read: (element: { readonly textContent: string }) => string): Promise<string>;
}

const kinds = {
  Chromium: {
    browser: "chrome",
    find: findChromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  },
  Firefox: { browser: "firefox", find: findFirefox, args: [] },
} as const;

export type BrowserName = keyof typeof kinds;
export const browserNames: readonly BrowserName[] = ["Chromium", "Firefox"];

/** Why there are no pages in a browser; empty where there are. */
export const whyNoBrowser = (name: BrowserName) => (kinds[name].find() === undefined ? `no ${name} found` : "");

export interface OpenBrowser {
  readonly version: string;
  /**
   * What the page at `url` writes as JSON into its #result, in a window without history. @throws Error where that is a `problem` or nothing
   * comes, with all that the browser had to complain about. (Complaints alone are none: Firefox counts a worker's missing file among them.)
   */
  resultOf(url: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts a browser without a window. @param matrix folder where the driver is installed. */
export async function openBrowser(name: BrowserName, matrix: string): Promise<OpenBrowser> {
  const { browser, find, args } = kinds[name];
  const driver: Driver = createRequire(join(matrix, "package.json"))("puppeteer-core");
  const launched = await driver.launch({ browser, executablePath: find() ?? "", args, headless: true });
  return {
    version: (await launched.version()).replace(/^.*\//, ""),
    async resultOf(url) {
      const context = await launched.createBrowserContext();
      try {
        const page = await context.newPage();
        const seen: string[] = [];
        page.on("pageerror", ({ message }) => seen.push(message));
        await page.goto(url);
        await page.waitForSelector("#result:not(:empty)", { timeout: 60_000 }).catch((error: Error) => {
          throw new Error([error.message, ...seen].join("\n"), { cause: error });
        });
        const result = JSON.parse(await page.$eval("#result", ({ textContent }) => textContent));
        if (result.problem !== undefined) throw new Error([result.problem, ...seen].join("\n"));
        return result;
      } finally {
        await context.close();
      }
    },
    close: () => launched.close(),
  };
}
