/** What the cells of a column say, gaps among them: text, how often, and the line where it stands first. */
export interface SeenCells {
  readonly counts: ReadonlyMap<string, number>;
  readonly lines: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Texts that programs write for a gap. */
export const gapTexts: readonly string[] = [
  "",
  "NA",
  "N/A",
  "n/a",
  "NaN",
  "nan",
  "NULL",
  "null",
  "None",
  "#N/A",
  "-",
  "--",
  ".",
  "?",
  "unknown",
  "Unknown",
];

/** The cells without those that are gaps. */
export function withoutGaps(seen: SeenCells, gaps: readonly string[]): SeenCells {
  const counts = new Map([...seen.counts].filter(([text]) => !gaps.includes(text)));
  return { counts, lines: seen.lines, total: sum(counts.values()) };
}

/** The gaps that occur among the cells, the commonest first. */
export function gapsIn({ counts }: SeenCells, gaps: readonly string[]): string[] {
  const count = (text: string) => counts.get(text) ?? 0;
  return gaps.filter((text) => count(text) > 0).sort((a, b) => count(b) - count(a));
}

export function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
