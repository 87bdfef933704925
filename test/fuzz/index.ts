import { api } from "./api.js";
import { arrow } from "./arrow.js";
import { certificate } from "./certificate.js";
import { clientBodies } from "./client-bodies.js";
import { config } from "./config.js";
import { csv } from "./csv.js";
import { encodedUpdates } from "./encodings.js";
import { gzip } from "./gzip.js";
import { idx } from "./idx.js";
import { json } from "./json.js";
import { kills } from "./kills.js";
import { message } from "./message.js";
import { model } from "./model.js";
import { npy } from "./npy.js";
import { npz } from "./npz.js";
import { parquet } from "./parquet.js";
import type { FuzzProperty } from "./property.js";
import { safetensors } from "./safetensors.js";

/** All properties; `npm run fuzz` runs them at length, `npm test` a few cases of each. */
export const properties: readonly FuzzProperty[] = [
  ...[api, arrow, certificate, clientBodies, config, csv, encodedUpdates, gzip, idx],
  ...[json, kills, message, model, npy, npz, parquet, safetensors],
];
