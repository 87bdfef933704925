import { member } from "../../family.js";
import type { RandomStream } from "../../kernels/index.js";
import { type DealtRows, evenRuns, type PartitionRequest } from "./partitioner.js";

/** Every client gets a uniform sample of the rows, sizes differing by at most 1. */
export const iid = member({
  kind: "iid",
  source: "McMahan et al. 2017 (arXiv 1602.05629), section 3, IID",
  text: "Every client gets a random share of equal size.",
  fields: {},
  create(_, { count, clients }: PartitionRequest, random: RandomStream): DealtRows {
    const rows = Uint32Array.from({ length: count }, (_, row) => row);
    random.shuffle(rows);
    return evenRuns(rows, clients);
  },
});
