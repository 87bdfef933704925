import { maskFamily } from "../mask.js";
import { fullMask } from "./select.js";

/** Every client keeps the whole network, whatever its keep ratio. */
export const full = maskFamily({
  name: "full",
  source: "FedAvg: McMahan, Moore, Ramage, Hampson, Agüera y Arcas, arXiv 1602.05629",
  isByRule: true,
  assign: ({ clients }) => clients.map(() => fullMask),
});
