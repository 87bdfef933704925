import { tableClientsSection } from "../../report/sections/table-clients.js";
import { tableColumnsSection } from "../../report/sections/table-columns.js";
import { tablePrivacySection } from "../../report/sections/table-privacy.js";
import { tableQualitySection } from "../../report/sections/table-quality.js";
import { tableRowsSection } from "../../report/sections/table-rows.js";
import { tableTargetsSection } from "../../report/sections/table-targets.js";
import { aggregationSection } from "./aggregation.js";
import { certificateSection } from "./certificate.js";
import { clientsSection } from "./clients.js";
import { coverageSection } from "./coverage.js";
import { devicesSection } from "./devices.js";
import { lossSection } from "./loss.js";
import { measuredSection } from "./measured.js";
import { notesSection } from "./notes.js";
import { privacySection } from "./privacy.js";
import { reported } from "./reported.js";
import { samplesSection } from "./samples.js";
import { sandwichSection } from "./sandwich.js";
import type { LabSection } from "./section.js";

/** A run from top to bottom. */
export const labSections: readonly LabSection[] = [
  reported(tableTargetsSection),
  reported(tableQualitySection),
  reported(tableColumnsSection),
  reported(tableRowsSection),
  reported(tablePrivacySection),
  reported(tableClientsSection),
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
