import * as z from "zod";
import { aggregations } from "../../federation/aggregations/index.js";
import { attacks } from "../../federation/attacks/index.js";
import { clientRules } from "../../federation/client-rules/index.js";
import { asynchronousFields, deviceFields } from "../../federation/devices/options.js";
import { profileFields } from "../../federation/devices/profile.js";
import { encodings } from "../../federation/encodings/index.js";
import { federationDefaults, federationFields, keepRatioField } from "../../federation/federation-fields.js";
import { partitioners } from "../../federation/partitioners/index.js";
import { serverOptimizers } from "../../federation/server-optimizers/index.js";
import { familySchema, settingsSchemas } from "./family.js";
import { filePath, integerIn } from "./rules.js";

const settings = settingsSchemas(federationFields);
const { keepRatio } = settingsSchemas({ keepRatio: keepRatioField });

const devicesSchema = z
  .strictObject({
    profiles: z
      .union([
        z.array(z.strictObject(settingsSchemas(profileFields))).min(1, "must have at least one profile"),
        filePath(),
      ])
      .describe(
        "Kinds of devices, or the path of a CSV file of them whose header names these keys. Client after client has the profile that is furthest behind its share.",
      ),
    ...settingsSchemas(deviceFields),
  })
  .describe("What the clients run on, in virtual time: docs/devices.md.");

/** In place of capacities: the largest that devices have memory and time for. */
export const fit = "fit";

export const federationSchema = z
  .strictObject({
    clients: integerIn(1, 10_000_000).default(8).describe("Clients that share the training data."),
    partition: familySchema(partitioners).prefault({ kind: "iid" }).describe("Which client gets which rows."),
    participation: settings.participation,
    capacities: z
      .union([
        z.array(keepRatio.removeDefault()).min(1, "must have at least one capacity"),
        z.literal(fit, `must be a list of capacities, or ${JSON.stringify(fit)}`),
      ])
      .default([keepRatioField.absent])
      .describe(
        'Share of the network that a client can keep; client n gets entry n modulo the length. "fit": the largest that its device has memory and time for.',
      ),
    localSteps: z
      .array(settings.localSteps.removeDefault())
      .min(1, "must have at least one number of steps")
      .exactOptional()
      .describe(
        "Optimizer steps of a client in a round; client n takes entry n modulo the length. Default: training.localSteps, all the same.",
      ),
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
    devices: devicesSchema.exactOptional(),
    asynchronous: z
      .strictObject(settingsSchemas(asynchronousFields))
      .exactOptional()
      .describe(
        "Clients train from the parameters that they were sent while the server goes on, in virtual time (FedBuff, arXiv 2106.06639); a round is a move of the server. Needs devices. Default: all clients of a round start at once.",
      ),
    checkpointEvery: integerIn(1, 2 ** 24 - 1)
      .default(10)
      .describe("Rounds between two checkpoints."),
  })
  .check(({ value, issues }) => {
    const { capacities, capacityAssignment, devices } = value;
    if (capacities !== fit) return;
    const refused = (key: string, message: string, input: unknown) =>
      issues.push({ code: "custom", message, input, path: [key] });
    if (devices === undefined)
      refused("devices", 'must be given where capacities are "fit": they follow from them', devices);
    if (capacityAssignment === "dynamic")
      refused(
        "capacityAssignment",
        'must be "fixed" where capacities are "fit": a device keeps its own',
        capacityAssignment,
      );
  })
  .prefault({})
  .describe("The clients and the server.");
