import * as z from "zod";
import { clientRules } from "../../federation/client-rules/index.js";
import { federationFields } from "../../federation/options.js";
import { partitioners } from "../../federation/partitioners/index.js";
import { serverOptimizers } from "../../federation/server-optimizers/index.js";
import { familySchema, settingsSchemas } from "./family.js";
import { integerIn, numberIn } from "./rules.js";

const settings = settingsSchemas(federationFields);

export const federationSchema = z
  .strictObject({
    clients: integerIn(1, 10_000_000).default(8).describe("Clients that share the training data."),
    partition: familySchema(partitioners).prefault({ kind: "iid" }).describe("Which client gets which rows."),
    participation: settings.participation,
    capacities: z
      .array(numberIn("(0, 1]"))
      .min(1, "must have at least one capacity")
      .default([1])
      .describe("Share of the network that a client can keep; client n gets entry n modulo the length."),
    capacityAssignment: settings.capacityAssignment,
    weighting: settings.weighting,
    clientRule: familySchema(clientRules)
      .prefault({ kind: "plain" })
      .describe("What a client does in its local steps besides plain ones."),
    server: familySchema(serverOptimizers)
      .prefault({ kind: "fedavg" })
      .describe("What the server does with the average update."),
    nonFinite: settings.nonFinite,
    checkpointEvery: integerIn(1).default(10).describe("Rounds between two checkpoints."),
  })
  .prefault({})
  .describe("The clients and the server.");
