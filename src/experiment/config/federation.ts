import * as z from "zod";
import { aggregations } from "../../federation/aggregations/index.js";
import { attacks } from "../../federation/attacks/index.js";
import { clientRules } from "../../federation/client-rules/index.js";
import { encodings } from "../../federation/encodings/index.js";
import { federationDefaults, federationFields, keepRatioField } from "../../federation/options.js";
import { partitioners } from "../../federation/partitioners/index.js";
import { serverOptimizers } from "../../federation/server-optimizers/index.js";
import { familySchema, settingsSchemas } from "./family.js";
import { integerIn } from "./rules.js";

const settings = settingsSchemas(federationFields);
const { keepRatio } = settingsSchemas({ keepRatio: keepRatioField });

export const federationSchema = z
  .strictObject({
    clients: integerIn(1, 10_000_000).default(8).describe("Clients that share the training data."),
    partition: familySchema(partitioners).prefault({ kind: "iid" }).describe("Which client gets which rows."),
    participation: settings.participation,
    capacities: z
      .array(keepRatio.removeDefault())
      .min(1, "must have at least one capacity")
      .default([keepRatioField.absent])
      .describe("Share of the network that a client can keep; client n gets entry n modulo the length."),
    capacityAssignment: settings.capacityAssignment,
    weighting: settings.weighting,
    clientRule: familySchema(clientRules)
      .prefault(federationDefaults.clientRule)
      .describe("What a client does in its local steps besides plain ones."),
    encoding: familySchema(encodings)
      .prefault(federationDefaults.encoding)
      .describe("How updates travel: encoded and decoded again before they are averaged."),
    downlink: settings.downlink,
    aggregation: familySchema(aggregations)
      .exactOptional()
      .describe("How the updates of a round become one. Default: mean, weighted by coverage."),
    attack: familySchema(attacks)
      .exactOptional()
      .describe(
        "Makes some of the clients attack the others, to see what the run withstands: its model is not to be used. Default: nobody does.",
      ),
    server: familySchema(serverOptimizers)
      .prefault(federationDefaults.server)
      .describe("What the server does with the average update."),
    nonFinite: settings.nonFinite,
    deadline: settings.deadline,
    minimumUpdates: settings.minimumUpdates,
    aggregationGoal: settings.aggregationGoal,
    checkpointEvery: integerIn(1, 2 ** 24 - 1)
      .default(10)
      .describe("Rounds between two checkpoints."),
  })
  .prefault({})
  .describe("The clients and the server.");
