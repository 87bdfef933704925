import type { Dataset } from "../data/dataset.js";
import type { FileSlices } from "../tables/file/slices.js";

/** Where what a config names comes from: a folder, or the memory of a page. */
export interface RunInput {
  /**
   * The bytes of a file.
   * @param path as the config has it.
   * @param place what messages say before it: "config.data.path: ".
   * @throws FedscoreError FEDSCORE_FILE.
   */
  read(path: string, place: string): Uint8Array;
  /**
   * A file of any size, to be read part by part.
   * @param path as the config has it.
   * @param place what messages say before it.
   * @throws FedscoreError FEDSCORE_FILE.
   */
  open(path: string, place: string): FileSlices;
  /** The data of kind mnist. @throws FedscoreError FEDSCORE_FILE, FEDSCORE_UNSUPPORTED. */
  digits(): Promise<Dataset>;
}
