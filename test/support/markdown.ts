/** A fenced block of a Markdown page. */
export interface Block {
  /** Line of its fence, from 1. */
  readonly line: number;
  /** First word behind the fence. */
  readonly language: string;
  /** The rest of that line. */
  readonly info: string;
  readonly code: string;
  /** Of a comment `<!-- given: ... -->` right before the block: what it takes for granted, as TypeScript. */
  readonly given: string;
  /** The block of language "text" behind it, where nothing but white space is between them: what it prints. */
  readonly output?: string;
}

/** The fenced blocks of a page. */
export function blocksOf(markdown: string): Block[] {
  const fence = /(?:<!-- given: ((?:(?!-->)[\s\S])*?)-->\s*)?^```(\w*) ?(.*)\n((?:(?!^```)[\s\S])*?)^```$/gm;
  const found = [...markdown.matchAll(fence)].map((match) => {
    const [all, given = "", language = "", info = "", code = ""] = match;
    const start = match.index + all.indexOf("```");
    const line = markdown.slice(0, start).split("\n").length;
    return { block: { line, language, info, code, given }, start: match.index, end: match.index + all.length };
  });
  return found.map(({ block, end }, index) => {
    const next = found[index + 1];
    const isFollowed = next?.block.language === "text" && markdown.slice(end, next.start).trim() === "";
    return isFollowed && block.language !== "text" ? { ...block, output: next.block.code } : block;
  });
}
