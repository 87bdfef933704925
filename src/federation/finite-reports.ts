import type { ClientReport } from "./messages.js";

/** Whether a client's update is in the sum: it was finite. */
export function hasUpdate({ nonFiniteStep }: ClientReport): boolean {
  return nonFiniteStep === undefined;
}

/** Reports of the clients whose updates are in the sum, in their order. */
export function finiteReports(reports: readonly ClientReport[]): readonly ClientReport[] {
  return reports.every(hasUpdate) ? reports : reports.filter(hasUpdate);
}

/** Mean of their mean losses. */
export function meanLoss(reports: readonly ClientReport[]): number {
  const kept = finiteReports(reports);
  return kept.reduce((sum, { loss }) => sum + loss, 0) / kept.length;
}
