import * as z from "zod";
import { clientRules } from "../../federation/client-rules/index.js";
import { partitioners } from "../../federation/partitioners/index.js";
import { serverOptimizers } from "../../federation/server-optimizers/index.js";
import { familySchema } from "./family.js";
import { integerIn, numberIn } from "./rules.js";

export const federationSchema = z
  .strictObject({
    clients: integerIn(1, 10_000_000).default(8).describe("Clients that share the training data."),
    partition: familySchema(partitioners).prefault({ kind: "iid" }).describe("Which client gets which rows."),
    participation: numberIn("(0, 1]").default(1).describe("Share of the clients that take part in a round."),
    capacities: z
      .array(numberIn("(0, 1]"))
      .min(1, "must have at least one capacity")
      .default([1])
      .describe("Share of the network that a client can keep; client n gets entry n modulo the length."),
    capacityAssignment: z
      .enum(["fixed", "dynamic"])
      .default("fixed")
      .describe(
        "fixed: a client keeps its capacity. dynamic: capacities move on by one client a round (HeteroFL, arXiv 2010.01264).",
      ),
    weighting: z
      .enum(["uniform", "samples"])
      .default("uniform")
      .describe("Weight of a client's update: 1, or its number of rows."),
    clientRule: familySchema(clientRules)
      .prefault({ kind: "plain" })
      .describe("What a client does in its local steps besides plain ones."),
    server: familySchema(serverOptimizers)
      .prefault({ kind: "fedavg" })
      .describe("What the server does with the average update."),
    nonFinite: z
      .enum(["stop", "drop"])
      .default("stop")
      .describe("At NaN or Infinity in an update: stop the run, or leave the client out of the round and count it."),
    checkpointEvery: integerIn(1).default(10).describe("Rounds between two checkpoints."),
  })
  .prefault({})
  .describe("The clients and the server.");
