import { sha256 as portable } from "@noble/hashes/sha2.js";

const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/** SHA-256 of texts (UTF-8) and the bytes of typed arrays, one after the other, as 64 hexadecimal digits: by Node where it is there. */
export function sha256(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = node?.createHash("sha256") ?? portable.create();
  for (const part of parts) hash.update(bytesOf(part));
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(part: string | ArrayBufferView): Uint8Array {
  if (typeof part === "string") return new TextEncoder().encode(part);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
