import { FedscoreError } from "../errors.js";
import { isObject, type JsonObject } from "./json.js";

const key = "#config=";

/** The part of the page's address that holds a config. */
export function hashOf(config: JsonObject): string {
  const bytes = new TextEncoder().encode(JSON.stringify(config));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return key + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The config in the page's address; undefined where there is none.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG where it is damaged, as by a program that cuts long links.
 */
export function configIn(hash: string): JsonObject | undefined {
  if (!hash.startsWith(key)) return undefined;
  try {
    const text = atob(hash.slice(key.length).replaceAll("-", "+").replaceAll("_", "/"));
    const config: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (each) => each.charCodeAt(0))));
    if (isObject(config)) return config;
  } catch {
    // What is wrong with it is said below.
  }
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", "the config in this link is damaged: copy the whole link");
}
