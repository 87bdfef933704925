/** No library: the processor's own limit, so that it takes turns with what is compared with it. */
import { readFileSync } from "node:fs";
import { peakWorkloads } from "../harness/peak.mjs";

export const versions = {};
export const workloads = peakWorkloads(readFileSync(new URL("../build/peak.wasm", import.meta.url)));
