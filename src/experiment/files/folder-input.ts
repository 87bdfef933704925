import { resolve } from "node:path";
import { loadMnist } from "../../data/mnist.js";
import type { RunInput } from "../input.js";
import { fileSlices, readBytes } from "./read-file.js";

/** What paths relative to a folder name, and the digits of the installed package. */
export function folderInput(folder: string): RunInput {
  return {
    read: (path, place) => readBytes(resolve(folder, path), { place }),
    open: (path, place) => fileSlices(resolve(folder, path), { place }),
    digits: loadMnist,
  };
}
