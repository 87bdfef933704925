/** The documentation as a site: what its check finds, and, with CI=true, that the whole site builds without a warning or a dead link. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clicksFrom, deadLinks, readPage } from "../../tools/site/check.mjs";
import { hrefOnSite } from "../../tools/site/places.mjs";
import { buildSite } from "../../tools/site.mjs";

const page = (body: string) => readPage(`<!doctype html><html><body><main>${body}</main></body></html>`);
const pages = new Map([
  ["index.html", page('<h1>First</h1><a href="/docs/a.html#there">a</a><a href="https://example.com/gone">out</a>')],
  [
    "a.html",
    page(
      '<h2 id="there">Here <a href="#there">#</a></h2><a href="./files/data.json">data</a><a href="sub/b.html">b</a>',
    ),
  ],
  ["sub/b.html", page('<a href="../a.html#nowhere">a</a><a href="/docs/c.html">c</a><a href="/elsewhere.html">e</a>')],
  ["lost.html", page("")],
]);
const files = new Set([...pages.keys(), "files/data.json"]);

describe("the check of a site", () => {
  it("finds links and anchors that lead nowhere, also below a path", () => {
    expect(deadLinks(pages, files, "/docs/")).toEqual([
      "sub/b.html: ../a.html#nowhere",
      "sub/b.html: /docs/c.html",
      "sub/b.html: /elsewhere.html",
    ]);
  });

  it("counts clicks from the first page", () => {
    expect([...clicksFrom("index.html", pages, "/docs/")]).toEqual([
      ["index.html", 0],
      ["a.html", 1],
      ["sub/b.html", 2],
    ]);
  });

  it("reads headings as people do", () => {
    expect(pages.get("a.html")?.headings).toEqual(["Here"]);
  });
});

describe("links of the repository on the site", () => {
  it.each([
    ["docs/README.md", "tutorial.md", "/tutorial.md"],
    ["docs/tutorial.md", "../CONTRIBUTING.md#add-a-sampler", "/contributing.md#add-a-sampler"],
    ["CONTRIBUTING.md", "docs/README.md", "/index.md"],
    ["docs/config.md", "schema/config.schema.json", "/schema/config.schema.json"],
    ["docs/deploy.md", "../deploy/nats-server.conf", "/files/deploy/nats-server.conf"],
    ["docs/sweeps.md", "../experiments", "/files/experiments/index.md"],
    ["docs/theory.md", "#symbols", "#symbols"],
    ["docs/theory.md", "https://arxiv.org", "https://arxiv.org"],
  ])("of %s: %s", (from, href, place) => {
    expect(hrefOnSite(from, href, (path) => path === "experiments")).toBe(place);
  });
});

const isInstalled = existsSync(new URL("../../docs/site/node_modules/vitepress", import.meta.url));
const why =
  process.env.CI !== "true"
    ? "takes minutes, CI=true or npm run docs:site does it"
    : isInstalled
      ? ""
      : "docs/site is not installed";

it.skipIf(why !== "")(
  `is built without a warning, a dead link or an export without docstring${why && ` (skipped: ${why})`}`,
  { timeout: 900_000 },
  async () => {
    await expect(buildSite("/fedscore/")).resolves.toMatch(/site$/);
  },
);
