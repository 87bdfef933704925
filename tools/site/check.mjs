/** What is wrong with a built site: links and anchors that lead nowhere, and questions of a newcomer that are too far from the first page. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { parseHTML } from "linkedom";

/** What a newcomer asks, as a heading that is to be reached by links of the first page and of pages that these lead to. */
export const questions = [
  "Add a sampler",
  "Add a mask family",
  "Add a strategy",
  "Add a data format",
  "A run on three machines",
  "What the certificate does not say",
  "In a simulator",
  "Clients that hold their own rows",
];

/** Pages of a site with their anchors, headings and links. @returns {Map<string, { anchors: Set<string>, headings: string[], links: string[] }>} by path, with "/" */
export function readSite(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".html"));
  return new Map(files.map((file) => [file.split(sep).join("/"), readPage(readFileSync(join(folder, file), "utf8"))]));
}

/** A page's anchors, headings and links. Links of images and of the head are left out: the generator makes these. */
export function readPage(html) {
  const { document } = parseHTML(html);
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    anchors: new Set(all("[id]").map((element) => element.id)),
    headings: all("main h1, main h2, main h3").map((heading) => heading.textContent.replace(/[\u200b#]/g, "").trim()),
    links: all("a[href]").map((element) => element.getAttribute("href")),
  };
}

/** The file and the anchor of a site that a link of a page leads to; undefined where it leads out of it. */
export function placeAt(page, href, base) {
  const site = "http://site";
  const url = new URL(href, `${site}${base}${page}`);
  if (url.origin !== site) return undefined;
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (!url.pathname.startsWith(base)) return { file: url.pathname, anchor };
  const path = decodeURIComponent(url.pathname.slice(base.length));
  return { file: path === "" || path.endsWith("/") ? `${path}index.html` : path, anchor };
}

/** Links that lead to no file of the site or to no anchor of a page, as "page: link". */
export function deadLinks(pages, files, base) {
  return [...pages].flatMap(([page, { links }]) =>
    [...new Set(links)]
      .filter((href) => {
        const place = placeAt(page, href, base);
        if (!place) return false;
        const isDead = !files.has(place.file);
        return (
          isDead || (place.anchor !== "" && pages.has(place.file) && !pages.get(place.file).anchors.has(place.anchor))
        );
      })
      .map((href) => `${page}: ${href}`),
  );
}

/** Pages by how many clicks they are from the first one. @returns {Map<string, number>} */
export function clicksFrom(first, pages, base) {
  const clicks = new Map([[first, 0]]);
  for (const [page, count] of clicks) {
    for (const href of pages.get(page)?.links ?? []) {
      const file = placeAt(page, href, base)?.file;
      if (file !== undefined && pages.has(file) && !clicks.has(file)) clicks.set(file, count + 1);
    }
  }
  return clicks;
}

/** All that is wrong with the site in a folder that is served at `base`. @returns {string[]} */
export function faultsOf(folder, base) {
  const pages = readSite(folder);
  pages.delete("404.html");
  const files = new Set(readdirSync(folder, { recursive: true }).map((path) => path.split(sep).join("/")));
  const clicks = clicksFrom("index.html", pages, base);
  const far = questions.filter((question) => {
    const homes = [...pages].filter(([, { headings }]) => headings.includes(question)).map(([page]) => page);
    return !homes.some((page) => (clicks.get(page) ?? Number.POSITIVE_INFINITY) <= 2);
  });
  return [
    ...deadLinks(pages, files, base).map((link) => `dead link, ${link}`),
    ...far.map((question) => `more than two clicks from the first page: ${question}`),
    ...[...pages.keys()].filter((page) => !clicks.has(page)).map((page) => `no link leads to ${page}`),
  ];
}
