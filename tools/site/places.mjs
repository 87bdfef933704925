/** Where the site has what the repository has. Paths are those of the repository, with "/". */
import { join } from "node:path/posix";

const pagesBeside = {
  "docs/README.md": "index.md",
  "CONTRIBUTING.md": "contributing.md",
  "CHANGELOG.md": "changelog.md",
};

/** The page that a Markdown file becomes, or the place of any other file: what is in docs at the root, all else below files/. */
export function placeOf(path) {
  if (pagesBeside[path]) return pagesBeside[path];
  return path.startsWith("docs/") ? path.slice("docs/".length) : join("files", path);
}

/** The repository's path of each page of the site that is not generated: place -> path. */
export const sourceOf = (place) =>
  Object.keys(pagesBeside).find((path) => pagesBeside[path] === place) ?? join("docs", place);

/** Whether a link leads out of the repository. */
export const isOutside = (href) => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(href);

/** What a link of a file names: a path of the repository and an anchor, each "" where there is none. */
export function targetOf(from, href) {
  const [path, anchor = ""] = href.split("#");
  return { path: path === "" ? from : join(from, "..", path).replace(/\/$/, ""), anchor };
}

/** The same link on the site, from its root. Folders have an index of their files. */
export function hrefOnSite(from, href, isFolder) {
  if (isOutside(href) || href.startsWith("#")) return href;
  const { path, anchor } = targetOf(from, href);
  const place = isFolder(path) ? join(placeOf(path), "index.md") : placeOf(path);
  return `/${place}${anchor && `#${anchor}`}`;
}
