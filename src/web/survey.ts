import { formatBytes } from "../report/format.js";
import type { DroppedFile } from "./lab/page-file.js";

/** What a file that was chosen turned out to be. */
export interface Survey {
  /** Files are surveyed side by side: which answer is of the last one. */
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly isProblem: boolean;
}

/** Rows are numbers alone. */
const asTable = "If it has texts, dates or gaps, it is a table: choose it below.";

/**
 * What stands below the choice of a file.
 * @param survey of the file that was chosen last, where one was.
 * @param path of the config's data, where they are a file.
 */
export function fileWords(survey: Survey | undefined, files: readonly DroppedFile[], path: string | undefined): string {
  const file = files.find(({ name }) => name === path);
  const size = file && `${file.name}, ${formatBytes(file.content.size)}`;
  if (!survey) {
    if (size) return `${size}.`;
    return path === undefined ? "" : `This page does not have ${path} yet: choose it here.`;
  }
  const mayBeTable = survey.isProblem && /\.(?:csv|tsv|txt|parquet|arrow|feather)(?:\.gz)?$/i.test(survey.name);
  const said = mayBeTable ? `${survey.text.replace(/\.?$/, ".")} ${asTable}` : survey.text;
  if (survey.name === path) return [said, ...(size && !survey.isProblem ? [`${size}.`] : [])].join(" ");
  return [said, ...(size && survey.isProblem ? [`The data are still ${size}.`] : [])].join(" ");
}
