import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { hrefOnSite, isOutside, sourceOf } from "../../../tools/site/places.mjs";
import { sectionsOf } from "../../../tools/site/sidebar.mjs";
import { slug } from "../../../tools/site/slug.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pages = join(root, "docs/site/pages");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const isFolder = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The sidebar is docs/README.md, in its order, then the pages that typedoc has written. */
function sidebar() {
  const listed = sectionsOf(readFileSync(join(root, "docs/README.md"), "utf8")).map(({ text, links }) => ({
    text,
    items: links
      .filter(({ href }) => /\.md(?:#|$)/.test(href))
      .map(({ text, href }) => ({ text: capital(text), link: hrefOnSite("docs/README.md", href, isFolder) })),
  }));
  const entries = readdirSync(join(pages, "api/fedscore")).map((name) => name.replace(/\.md$/, ""));
  const api = entries.map((name) => ({
    text: `fedscore/${name.replace(/-\d+$/, "")}`,
    link: `/api/fedscore/${name}.md`,
  }));
  return [...listed, { text: "API", items: [{ text: "fedscore", link: "/api/fedscore.md" }, ...api] }];
}

/** Links between files of the repository become links between pages of the site. */
function followRepository(md) {
  md.core.ruler.push("follow-repository", ({ tokens, env }) => {
    if (/^(?:api|files)\//.test(env.relativePath)) return;
    const from = sourceOf(env.relativePath);
    for (const { children } of tokens) {
      for (const token of children ?? []) {
        const name = token.type === "image" ? "src" : token.type === "link_open" ? "href" : undefined;
        if (name && !isOutside(token.attrGet(name)))
          token.attrSet(name, hrefOnSite(from, token.attrGet(name), isFolder));
      }
    }
  });
}

export default defineConfig({
  title: "fedscore",
  description: "Diffusion models that are trained across pruned clients, and that say how wrong they can be.",
  lang: "en",
  srcDir: pages,
  outDir: join(root, "build/site"),
  cacheDir: join(root, "build/site-cache"),
  base: process.env.FEDSCORE_SITE_BASE ?? "/",
  lastUpdated: false,
  markdown: { anchor: { slugify: slug }, toc: { slugify: slug }, headers: { slugify: slug }, config: followRepository },
  vite: { build: { chunkSizeWarningLimit: 4000 }, publicDir: join(pages, "public") },
  themeConfig: {
    nav: [
      { text: "First steps", link: "/tutorial.md" },
      { text: "Configuration", link: "/config.md" },
      { text: "API", link: "/api/index.md" },
      { text: version, link: "/changelog.md" },
    ],
    sidebar: sidebar(),
    outline: { level: [2, 3] },
    search: { provider: "local" },
  },
});
