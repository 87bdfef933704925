/** Lays out what the generator of the site reads: pages, what they link to, lists of linked folders. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linksOf } from "./markdown.mjs";
import { isOutside, placeOf, targetOf } from "./places.mjs";

/** Markdown files that become pages, as paths of the repository. */
export const pagesOf = (root) => [
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "CONTRIBUTING.md",
  "CHANGELOG.md",
];

function put(source, path) {
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(source, path);
}

function putFolder(root, folder, out) {
  const names = readdirSync(join(root, folder)).filter((name) => statSync(join(root, folder, name)).isFile());
  for (const name of names) put(join(root, folder, name), join(out, "public", placeOf(`${folder}/${name}`)));
  const list = names.map((name) => `- [${name}](/${placeOf(`${folder}/${name}`)})`);
  const index = join(out, placeOf(folder), "index.md");
  mkdirSync(dirname(index), { recursive: true });
  writeFileSync(index, `# ${folder}\n\n${list.join("\n")}\n`);
}

/** Fills the folder `out` anew from the repository at `root`. */
export function stage(root, out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const pages = pagesOf(root);
  const linked = new Set();
  for (const page of pages) {
    put(join(root, page), join(out, placeOf(page)));
    for (const { href } of linksOf(readFileSync(join(root, page), "utf8"))) {
      if (!isOutside(href)) linked.add(targetOf(page, href).path);
    }
  }
  for (const path of linked) {
    if (pages.includes(path)) continue;
    if (statSync(join(root, path)).isDirectory()) putFolder(root, path, out);
    else {
      put(join(root, path), join(out, "public", placeOf(path)));
      if (/\.(svg|png)$/.test(path)) put(join(root, path), join(out, placeOf(path)));
    }
  }
}
