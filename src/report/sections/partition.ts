import { figure } from "../elements.js";
import { formatInteger } from "../format.js";
import { fitted } from "../plots/fitted.js";
import { mostClients, partitionPlot } from "../plots/partition.js";
import type { Section } from "./section.js";

/** Which classes each client holds. */
export const partitionSection: Section = {
  id: "partition",
  title: "Data of the clients",
  render({ partition }) {
    if (!partition) return [];
    const { counts, classes } = partition;
    const hidden = counts.length - mostClients;
    const rest =
      hidden > 0 ? ` The first ${mostClients} clients are drawn, ${formatInteger(hidden)} more are not.` : "";
    return [
      figure(
        `Rows of each class that each client holds: the less the rows of the picture look alike, the more heterogeneous the clients.${rest}`,
        fitted((width) => partitionPlot(counts, classes, width)),
      ),
    ];
  },
};
