import { FedscoreError } from "../errors.js";
import { hexOf } from "./hex.js";

/** SHA-256 of bytes, in hexadecimal: by Node, or by the page's crypto, which pages have that came by https or from this machine. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const node = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (node) return node.createHash("sha256").update(bytes).digest("hex");
  if (!globalThis.crypto?.subtle) {
    const message = "this page has no crypto.subtle: open it by https, from localhost or as a file";
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message);
  }
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
}
