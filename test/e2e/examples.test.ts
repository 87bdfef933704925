// @module-tag slow
/** The examples as a stranger has them, with the packed tarball. */
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { describe, expect, inject, it } from "vitest";
import { browserPath, served, whyNoPage } from "./federation-page.js";

const run = promisify(execFile);
const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const folder = inject("stranger");

/** Opens a page of a server in Chromium while `use` looks at it. @throws Error with the page's uncaught errors. */
async function opened<Result>(url: string, use: (page: Page) => Promise<Result>): Promise<Result> {
  const browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const problem = new Promise<never>((_, reject) => page.on("pageerror", reject));
    await page.goto(url);
    return await Promise.race([use(page), problem]);
  } finally {
    await browser.close();
  }
}

/** How many pixels of the page's canvas are drawn on. */
const pixelsDrawn = (page: Page) =>
  page.locator("canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return Array.from(pixels).filter((value, at) => at % 4 === 3 && value > 0).length;
  });

describe("in Node", () => {
  it("client-in-20-lines.mjs runs", async () => {
    await cp(join(examples, "client-in-20-lines.mjs"), join(folder, "client.mjs"));
    const { stdout, stderr } = await run(process.execPath, ["client.mjs"], { cwd: folder });
    expect(stdout).toMatch(/loss/);
    expect(stderr).toBe("");
  });
});

describe.skipIf(browserPath === undefined)(`in Chromium${whyNoPage}`, () => {
  it("page.html draws samples, without a bundler", async () => {
    await cp(join(examples, "page.html"), join(folder, "example-page.html"));
    const drawn = await served(folder, (origin) =>
      opened(`${origin}/example-page.html`, async (page) => {
        await page.getByText("Step 100 of 100").waitFor({ timeout: 60_000 });
        return pixelsDrawn(page);
      }),
    );
    expect(drawn).toBeGreaterThan(2000);
  });

  it("vite-app is built by Vite, trains in Web Workers and draws what it learned", async () => {
    const app = join(folder, "vite-app");
    await cp(join(examples, "vite-app"), app, { recursive: true });
    await build({ root: app, logLevel: "error" });
    const { drawn, status } = await served(join(app, "dist"), (origin) =>
      opened(origin, async (page) => {
        await page.getByRole("button", { name: "Train" }).click();
        await page.getByText("Round 60 of 60").waitFor({ timeout: 120_000 });
        const status = await page.getByRole("status").textContent();
        await page.locator("button:enabled").waitFor();
        return { drawn: await pixelsDrawn(page), status };
      }),
    );
    expect(status).toContain("2 Web Workers");
    expect(drawn).toBeGreaterThan(2000);
  });

  it("vite-app asks for the version that the package has", async () => {
    const versionOf = async (path: string): Promise<{ version: string; dependencies?: Record<string, string> }> =>
      JSON.parse(await readFile(path, "utf8"));
    const { version } = await versionOf(join(examples, "../package.json"));
    const { dependencies } = await versionOf(join(examples, "vite-app/package.json"));
    expect(dependencies).toEqual({ fedscore: `^${version}` });
    expect(await readFile(join(examples, "page.html"), "utf8")).toContain(`fedscore@${version}/`);
  });
});
