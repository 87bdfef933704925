import type { ExperimentResult } from "../../experiment/result/schema.js";
import type { Drawn } from "../elements.js";
import type { ReportSamples } from "../samples.js";

/** A part of the page. One file per section, plus one line in the index. */
export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** What stands under the title; nothing where there is nothing to show, and then the section is left out. */
  render(result: ExperimentResult, samples: ReportSamples | undefined): readonly Drawn<Node>[];
}
