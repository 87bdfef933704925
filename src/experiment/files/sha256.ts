import { createHash } from "node:crypto";

/** SHA-256 of texts (UTF-8) and the bytes of typed arrays, one after the other, as 64 hexadecimal digits. */
export function sha256(...parts: readonly (string | NodeJS.ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
