/** Links of the Markdown pages, as they are read in the repository; tools/site/check.mjs does the same for the built site. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf } from "../../tools/site/markdown.mjs";
import { isOutside, targetOf } from "../../tools/site/places.mjs";
import { sectionsOf } from "../../tools/site/sidebar.mjs";
import { pagesOf } from "../../tools/site/stage.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [...pagesOf(root), "README.md", "bench/CONTRACT.md"];

describe.each(pages)("%s", (page) => {
  it("links to files and headings that exist", () => {
    const dead = linksOf(read(page))
      .filter(({ href }) => !isOutside(href))
      .filter(({ href }) => {
        const { path, anchor } = targetOf(page, href);
        return !existsSync(join(root, path)) || (anchor !== "" && !anchorsOf(read(path)).has(anchor));
      });
    expect(dead).toEqual([]);
  });
});

it("pages of the site link to no Markdown that is no page of it", () => {
  const onSite = pagesOf(root);
  const astray = onSite.flatMap((page) =>
    linksOf(read(page))
      .filter(({ href }) => !isOutside(href))
      .map(({ href }) => targetOf(page, href).path)
      .filter((path) => path.endsWith(".md") && !onSite.includes(path)),
  );
  expect(astray).toEqual([]);
});

describe("docs/README.md", () => {
  it("lists every page, which is how it comes into the sidebar of the site", () => {
    const listed = sectionsOf(read("docs/README.md")).flatMap(({ links }) => links.map(({ href }) => href));
    const named = new Set(listed.map((href) => targetOf("docs/README.md", href).path));
    expect(pagesOf(root).filter((page) => page !== "docs/README.md" && !named.has(page))).toEqual([]);
  });
});

describe("the check itself", () => {
  it("finds links and images, and none in code", () => {
    const text =
      'See [a](a.md#x) and ![b](b.svg).\n`[c](c.md)`\n```md\n[d](d.md)\n```\n<!-- [e](e.md) -->\n| [f](f.md "t") |';
    expect(linksOf(text)).toEqual([
      { href: "a.md#x", line: 1 },
      { href: "b.svg", line: 1 },
      { href: "f.md", line: 7 },
    ]);
  });

  it("makes anchors as GitHub does", () => {
    const text = "# A page\n## 2a. Both `ends`, x_t & more\n## Über [links](x.md)\n```\n# no heading\n```\n## A page\n";
    expect([...anchorsOf(text)]).toEqual(["a-page", "2a-both-ends-x_t--more", "über-links", "a-page-1"]);
  });

  it("reads sections and the links of their lists", () => {
    const text = "# T\n[no](no.md)\n## One\n- [a](a.md), [b](b.md)\n  1. [c](c.md)\n## None\ntext\n";
    expect(sectionsOf(text)).toEqual([
      {
        text: "One",
        links: [
          { text: "a", href: "a.md" },
          { text: "b", href: "b.md" },
          { text: "c", href: "c.md" },
        ],
      },
    ]);
  });
});
