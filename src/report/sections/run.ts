import { h, table } from "../elements.js";
import { runtime } from "../format.js";
import type { Section } from "./section.js";

/** What is needed to run it again: seed, environment, config. */
export const runSection: Section = {
  id: "run",
  title: "Seed, environment and config",
  render({ seed, environment, config }) {
    return [
      table(
        "Seed and environment",
        ["", "value"],
        [
          ["seed", String(seed)],
          ["runtime", runtime(environment)],
          ["kernels", environment.variant],
          ["workers", String(environment.workers)],
          ["processor", environment.cpu],
        ],
      ),
      h("details", {}, h("summary", {}, "Config"), h("pre", {}, JSON.stringify(config, null, 2) ?? "none")),
    ];
  },
};
