import type { ExperimentResult } from "../../experiment/result/schema.js";
import type { Variant } from "../../kernels/index.js";
import { fedscoreVersion } from "../../remote/version.js";

/** What a run in a page ran on: pages do not know the processor. */
export function pageEnvironment(variant: Variant, workers: number): ExperimentResult["environment"] {
  const { userAgent, hardwareConcurrency } = navigator;
  const cpu = `not told to pages, ${hardwareConcurrency} threads`;
  return { version: fedscoreVersion, runtime: browserName(userAgent), variant, workers, cpu };
}

/** "Chrome 140": by the first of the names that it goes by which says most. */
export function browserName(userAgent: string): string {
  for (const name of ["Edg", "Firefox", "Chrome", "Version"]) {
    const version = new RegExp(`${name}/(\\d+)`).exec(userAgent)?.[1];
    if (version !== undefined) return `${names[name] ?? name} ${version}`;
  }
  return "a browser";
}

const names: Readonly<Record<string, string>> = { Edg: "Edge", Version: "Safari" };
