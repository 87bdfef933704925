import { aggregationSection } from "./aggregation.js";
import { aprioriSection } from "./apriori.js";
import { attackSection } from "./attack.js";
import { certificateSection } from "./certificate.js";
import { clientsSection } from "./clients.js";
import { coverageSection } from "./coverage.js";
import { dataLawSection } from "./data-law.js";
import { devicesSection } from "./devices.js";
import { divergencesSection } from "./divergences.js";
import { judgedSection } from "./judged.js";
import { lossSection } from "./loss.js";
import { notComputedSection } from "./not-computed.js";
import { partitionSection } from "./partition.js";
import { privacySection } from "./privacy.js";
import { remoteSection } from "./remote.js";
import { runSection } from "./run.js";
import { samplesSection } from "./samples.js";
import { sandwichSection } from "./sandwich.js";
import type { Section } from "./section.js";
import { tableClientsSection } from "./table-clients.js";
import { tableColumnsSection } from "./table-columns.js";
import { tablePrivacySection } from "./table-privacy.js";
import { tableQualitySection } from "./table-quality.js";
import { tableRowsSection } from "./table-rows.js";
import { tableTargetsSection } from "./table-targets.js";

/** The page from top to bottom. */
export const sections: readonly Section[] = [
  attackSection,
  notComputedSection,
  tableTargetsSection,
  tableQualitySection,
  tableColumnsSection,
  tableRowsSection,
  tablePrivacySection,
  tableClientsSection,
  samplesSection,
  sandwichSection,
  certificateSection,
  dataLawSection,
  divergencesSection,
  judgedSection,
  lossSection,
  privacySection,
  devicesSection,
  aggregationSection,
  aprioriSection,
  coverageSection,
  partitionSection,
  clientsSection,
  remoteSection,
  runSection,
];
