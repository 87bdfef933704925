import { clientsSection } from "./clients.js";
import { coverageSection } from "./coverage.js";
import { divergencesSection } from "./divergences.js";
import { lossSection } from "./loss.js";
import { partitionSection } from "./partition.js";
import { runSection } from "./run.js";
import { samplesSection } from "./samples.js";
import type { Section } from "./section.js";

/** The page from top to bottom. */
export const sections: readonly Section[] = [
  samplesSection,
  divergencesSection,
  lossSection,
  coverageSection,
  partitionSection,
  clientsSection,
  runSection,
];
