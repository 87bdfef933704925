import { member } from "../../family.js";
import type { LevelDensity } from "./distribution.js";

export const uniform = member({
  kind: "uniform",
  text: "All levels as often.",
  fields: {},
  create: (): LevelDensity => () => undefined,
});
