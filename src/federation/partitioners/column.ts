import { ArgumentError } from "../../errors.js";
import { member } from "../../family.js";
import type { DealtRows, PartitionRequest } from "./partitioner.js";

/** Rows go to the clients that the data name. */
export const column = member({
  kind: "column",
  source: "Caldas et al. 2018 (arXiv 1812.01097), section 3: the data of each user are a client",
  text: "Each client gets its own rows: those that `data.clientColumn` of a table names it in.",
  fields: {},
  create(_, { owners, clients, count }: PartitionRequest): DealtRows {
    if (!owners) throw new ArgumentError("owners", 'must be given for a partition of kind "column"', owners);
    const rows = Array.from({ length: clients }, (): number[] => []);
    for (let row = 0; row < count; row++) rows[owners[row]].push(row);
    return rows;
  },
});
