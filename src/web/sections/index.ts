import { aggregationSection } from "./aggregation.js";
import { certificateSection } from "./certificate.js";
import { clientsSection } from "./clients.js";
import { coverageSection } from "./coverage.js";
import { devicesSection } from "./devices.js";
import { lossSection } from "./loss.js";
import { measuredSection } from "./measured.js";
import { notesSection } from "./notes.js";
import { privacySection } from "./privacy.js";
import { samplesSection } from "./samples.js";
import { sandwichSection } from "./sandwich.js";
import type { LabSection } from "./section.js";

/** A run from top to bottom. */
export const labSections: readonly LabSection[] = [
  samplesSection,
  lossSection,
  devicesSection,
  privacySection,
  aggregationSection,
  coverageSection,
  clientsSection,
  certificateSection,
  sandwichSection,
  measuredSection,
  notesSection,
];
