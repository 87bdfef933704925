import { useEffect, useState } from "preact/hooks";
import type { TableProgress } from "../lab/table-survey.js";

/** Milliseconds that nothing needs to be said of. */
const patience = 300;

interface ReadingProps {
  readonly name: string;
  /** undefined: nothing is known yet. */
  readonly progress: TableProgress | undefined;
  readonly onCancel: () => void;
}

/** How far a table is read, and how to end it, where that takes a while. */
export function Reading({ name, progress, onCancel }: ReadingProps) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patience);
    return () => clearTimeout(timer);
  }, []);
  if (!isLong) return null;
  const isKnown = progress && progress.step !== "columns" && progress.share < 1;
  return (
    <div class="reading">
      <progress aria-label={`Reading ${name}`} {...(isKnown && { max: 1, value: progress.share })} />
      <p class="hint figures">{progress && readingWords(progress)}</p>
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
