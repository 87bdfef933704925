import { evenRuns, type Partitioner } from "./partitioner.js";

/** Every client gets a uniform sample of the rows, sizes differing by at most 1. */
export interface IidPartition {
  readonly kind: "iid";
}

export const iid: Partitioner<IidPartition> = {
  kind: "iid",
  source: "McMahan et al. 2017 (arXiv 1602.05629), section 3, IID",
  deal(_, { count, clients }, random) {
    const rows = Uint32Array.from({ length: count }, (_, row) => row);
    random.shuffle(rows);
    return evenRuns(rows, clients);
  },
};
