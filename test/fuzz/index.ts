import { certificate } from "./certificate.js";
import { config } from "./config.js";
import { kills } from "./kills.js";
import type { FuzzProperty } from "./property.js";

/** All properties; `npm run fuzz` runs them at length, `npm test` a few cases of each. */
export const properties: readonly FuzzProperty[] = [certificate, config, kills];
