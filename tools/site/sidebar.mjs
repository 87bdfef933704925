/** The sidebar of the site: what docs/README.md lists, in its order. */

const link = /\[([^\]]+)\]\(([^)\s]+)\)/g;

/**
 * The sections (`## ...`) of a page with the links of their list items. Text outside of lists and sections without a list are left out.
 * @returns {{ text: string, links: { text: string, href: string }[] }[]}
 */
export function sectionsOf(markdown) {
  const sections = [];
  for (const line of markdown.split("\n")) {
    const [, heading] = /^## (.+)$/.exec(line) ?? [];
    if (heading) sections.push({ text: heading, links: [] });
    if (!/^\s*(?:[-*]|\d+\.) /.test(line)) continue;
    for (const [, text, href] of line.matchAll(link)) sections.at(-1)?.links.push({ text, href });
  }
  return sections.filter(({ links }) => links.length > 0);
}
