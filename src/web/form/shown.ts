import type { Path } from "../json.js";

/** Settings that stand in front; all others are below "All settings". */
export const shown: readonly { readonly path: Path; readonly title: string }[] = [
  { path: ["federation", "clients"], title: "Clients" },
  { path: ["federation", "capacities"], title: "Capacities" },
  { path: ["pruning", "family"], title: "Mask family" },
  { path: ["federation", "partition"], title: "Heterogeneity" },
  { path: ["federation", "server"], title: "Server rule" },
  { path: ["federation", "clientRule"], title: "Client rule" },
  { path: ["training", "rounds"], title: "Rounds" },
  { path: ["network", "hidden"], title: "Hidden layers" },
  { path: ["schedule"], title: "Schedule" },
  { path: ["sampling", "grid"], title: "Grid" },
  { path: ["sampling", "sampler"], title: "Sampler" },
  { path: ["seed"], title: "Seed" },
];

/** Keys of the config that the form has in another place, or that mean nothing in a page. */
export const apart: ReadonlySet<string> = new Set(["$schema", "data", "output"]);
