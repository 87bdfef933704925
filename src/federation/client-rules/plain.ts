import { member } from "../../family.js";
import type { ClientRule } from "./client-rule.js";

export const plain = member({
  kind: "plain",
  source: "McMahan et al., arXiv 1602.05629, algorithm 1 (ClientUpdate)",
  text: "Steps along the gradient of the client's own loss; arXiv 1602.05629.",
  fields: {},
  create: (): ClientRule => ({ begin: () => undefined }),
});
