import type { ReportInput } from "../input.js";

/** A part of the page. One file per section, plus one line in the index. */
export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** What stands under the title; nothing where the input has nothing to show, and then the section is left out. */
  render(document: Document, input: ReportInput): readonly Node[];
}
