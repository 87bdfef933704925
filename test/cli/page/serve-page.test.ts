import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "../../../src/cli/page/files.js";
import { type ServedPage, servePage } from "../../../src/cli/page/serve-page.js";

const folder = mkdtempSync(join(tmpdir(), "fedscore-serve-"));
const root = join(folder, "web");
const end = new AbortController();
let page: ServedPage;
let ended: Promise<void>;

beforeAll(async () => {
  mkdirSync(join(root, "assets"), { recursive: true });
  writeFileSync(join(root, "index.html"), "<title>lab</title>");
  writeFileSync(join(root, "assets/lab-1.js"), "1;");
  writeFileSync(join(root, "assets/gone.js"), "1;");
  writeFileSync(join(folder, "secret.txt"), "secret");
  page = await servePage(pageFiles(root), { port: 0, host: "127.0.0.1" });
  ended = page.closed(end.signal);
});

afterAll(async () => {
  end.abort();
  await ended;
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** As it stands: fetch would tidy a path up. */
function ask(path: string, method = "GET", body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(page.address);
    const asked = request({ hostname, port, path, method }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
    });
    asked.on("error", reject).end(body);
  });
}

describe("a page that is served", () => {
  it("listens where it was told to, and says where", () => {
    expect(page.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("goes on without a file that went", async () => {
    rmSync(join(root, "assets/gone.js"));
    expect((await ask("/assets/gone.js")).status).toBe(404);
    expect((await ask("/")).status).toBe(200);
  });

  it("lets nobody keep its index, whatever is asked for behind it", async () => {
    expect((await ask("/?x=/assets/")).headers["cache-control"]).toBe("no-cache");
  });

  it("gives its index and its files, with what they are", async () => {
    expect(await ask("/")).toMatchObject({
      status: 200,
      body: "<title>lab</title>",
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" },
    });
    expect(await ask("/assets/lab-1.js?x")).toMatchObject({
      status: 200,
      body: "1;",
      headers: {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "public, max-age=31536000, immutable",
      },
    });
    expect(await ask("/", "HEAD")).toMatchObject({ status: 200, body: "", headers: { "content-length": "18" } });
  });

  it("forbids pages and workers all but their own files and WebAssembly", async () => {
    for (const path of ["/", "/assets/lab-1.js", "/missing"]) {
      const { headers } = await ask(path);
      const policy = String(headers["content-security-policy"]).split("; ");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).toContain("worker-src 'self'");
      expect(policy).toContain("connect-src 'self' data:");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff" });
    }
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("takes no %s", async (method) => {
    expect(await ask("/", method, "rows")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  it.each([
    "/missing",
    "/assets",
    "/assets/",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/assets/../../secret.txt",
    "//secret.txt",
    "/%",
    "/%00",
    "/assets/lab-1.js%00",
  ])("has no %s", async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404 });
  });

  it("says what to do where the port is taken", async () => {
    const port = Number(new URL(page.address).port);
    await expect(servePage(new Map(), { port, host: "127.0.0.1" })).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: expect.stringMatching(/^cannot listen at 127\.0\.0\.1, port \d+: .*; choose another --port, or 0/),
    });
  });

  it("ends with open connections", async () => {
    const stop = new AbortController();
    const other = await servePage(pageFiles(root), { port: 0, host: "localhost" });
    await (await fetch(other.address)).text();
    stop.abort();
    await other.closed(stop.signal);
    await expect(fetch(other.address)).rejects.toThrow();
  });
});
