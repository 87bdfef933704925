import { FedscoreError, isFedscoreError } from "../errors.js";
import { configOf, type JsonObject } from "./json.js";

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
    return configOf(new TextDecoder().decode(Uint8Array.from(text, (each) => each.charCodeAt(0))));
  } catch (error) {
    const why = isFedscoreError(error) ? error.message : "it has characters that no such link has";
    const message = `the config in this link is damaged: copy the whole link (${why})`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, {}, error);
  }
}
