import type { TableProgress } from "../lab/table-survey.js";

interface ReadingProps {
  readonly name: string;
  readonly progress: TableProgress;
  readonly onCancel: () => void;
}

/** How far a table is read, and how to end it. */
export function Reading({ name, progress, onCancel }: ReadingProps) {
  const { step, share } = progress;
  const isKnown = step !== "columns" && share < 1;
  return (
    <div class="reading">
      <progress aria-label={`Reading ${name}`} {...(isKnown && { max: 1, value: share })} />
      <p class="hint figures">{readingWords(progress)}</p>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

/** "Reading its cells: 912,000 rows, 57 %". */
export function readingWords({ step, rows, share }: TableProgress): string {
  const percent = `${Math.floor(100 * share)}\u00a0%`;
  switch (step) {
    case "lines":
      return share < 1 ? `Finding its lines: ${percent}` : "Finding its lines";
    case "cells":
      return `Reading its cells: ${rows.toLocaleString("en")} rows, ${percent}`;
    case "clients":
      return `Finding its clients: ${percent}`;
    case "columns":
      return "Working out what clients would tell of its columns";
  }
}
