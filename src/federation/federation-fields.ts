import { choice, integer, nameIn, number, optional } from "../fields.js";
import { maskFamilies } from "../pruning/families/index.js";
import { downlinks } from "./encodings/index.js";

/** What may be set of a run as a whole: the ranges of the options, and the config's defaults and texts. */
export const federationFields = {
  rounds: integer("[1, 16777215]", 50, "Rounds of the federation."),
  localSteps: integer("[1, 4294967295]", 10, "Optimizer steps of a client in a round."),
  participation: number("(0, 1]", 1, "Share of the clients that take part in a round."),
  capacityAssignment: choice(
    ["fixed", "dynamic"],
    "fixed",
    "fixed: a client keeps its capacity. dynamic: capacities move on by one client a round (HeteroFL, arXiv 2010.01264).",
  ),
  weighting: choice(["uniform", "samples"], "uniform", "Weight of a client's update: 1, or its number of rows."),
  downlink: nameIn(
    downlinks,
    "float32",
    "Encoding of the parameters that clients are sent, which start from what they get: float32, or rounded to float16 or bfloat16.",
  ),
  nonFinite: choice(
    ["stop", "drop"],
    "stop",
    "At NaN or Infinity in an update: stop the run, or leave the client out of the round and count it.",
  ),
  deadline: number(
    "(0, 2147483]",
    optional,
    "Seconds after which a round is closed; clients that have not answered are late. Default: it waits for all of them.",
  ),
  minimumUpdates: integer(
    "[1, inf)",
    1,
    "Fewest updates that a round counts with; with fewer the run stops, and can be resumed from the last whole round.",
  ),
  aggregationGoal: integer(
    "[1, inf)",
    optional,
    "Updates at which a round is closed before all clients have answered; the others are late (arXiv 1902.01046). Default: it waits for all of them.",
  ),
  seed: integer("[0, inf)", 1, "Seed of all random numbers."),
};

/** What a run has where its options, or a config, name none. */
export const federationDefaults = {
  maskFamily: maskFamilies.prefix,
  clientRule: { kind: "plain" },
  encoding: { kind: "float32" },
  aggregation: { kind: "mean" },
  server: { kind: "fedavg" },
} as const;

export const keepRatioField = number("(0, 1]", 1, "Share of the network that a client keeps.");
