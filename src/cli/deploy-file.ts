import { fileURLToPath } from "node:url";
import { readText } from "../experiment/files/read-file.js";

/** The text of a file of the package's folder deploy. */
export function deployFile(name: string): string {
  // The same from src, dist/cli and dist/chunks.
  return readText(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)));
}
