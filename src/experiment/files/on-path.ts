import { FedscoreError } from "../../errors.js";
import { causeOf } from "./cause.js";

/**
 * What `work` does with a file or folder.
 * @param verb what messages say it does: "cannot read PATH".
 * @throws FedscoreError FEDSCORE_FILE with the path and the reason for what the system refuses.
 */
export function onPath<T>(verb: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot ${verb} ${path}: ${causeOf(error)}`, { path }, error);
  }
}
