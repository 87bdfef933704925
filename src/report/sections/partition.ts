import { figure } from "../elements.js";
import { formatInteger } from "../format.js";
import { mostClients, partitionPlot } from "../plots/partition.js";
import type { Section } from "./section.js";

/** Which classes each client holds. */
export const partitionSection: Section = {
  id: "partition",
  title: "Data of the clients",
  render(document, { partition }) {
    if (!partition || partition.counts.length === 0 || partition.counts[0].length === 0) return [];
    const { counts } = partition;
    const classes = counts[0].map((_, k) => partition.classes?.[k] ?? String(k));
    const hidden = counts.length - mostClients;
    const rest =
      hidden > 0 ? ` The first ${mostClients} clients are drawn, ${formatInteger(hidden)} more are not.` : "";
    return [
      figure(
        document,
        `Rows of each class that each client holds: the less the rows of the picture look alike, the more heterogeneous the clients.${rest}`,
        partitionPlot(document, counts, classes),
      ),
    ];
  },
};
