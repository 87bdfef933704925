import type { FunctionComponent } from "preact";
import type { RunView } from "../run-view.js";

/** A part of the page that shows a run, while it works and after. One file per section, plus one line in the index. */
export interface LabSection {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** Whether there is something to show yet. */
  has(run: RunView): boolean;
  readonly View: FunctionComponent<{ readonly run: RunView }>;
}
