/** What a Markdown file links to and can be linked at. */
import { slug } from "./slug.mjs";

/** The text without fenced blocks, code spans and comments, line by line as it was. */
function prose(markdown) {
  const blank = (text) => text.replace(/[^\n]/g, "");
  return markdown
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, "``");
}

/** Targets of links and images, each with its line, from 1. @returns {{ href: string, line: number }[]} */
export function linksOf(markdown) {
  return prose(markdown)
    .split("\n")
    .flatMap((text, at) =>
      [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, href]) => ({ href, line: at + 1 })),
    );
}

/** The anchors of a file's headings, as GitHub numbers those that occur twice. @returns {Set<string>} */
export function anchorsOf(markdown) {
  const anchors = new Set();
  const blocks = markdown.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, "");
  for (const [, heading] of blocks.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const plain = slug(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", ""));
    let anchor = plain;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${plain}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}
