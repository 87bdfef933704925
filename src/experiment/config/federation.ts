import * as z from "zod";
import { integerIn, numberIn } from "./rules.js";

const iid = z.strictObject({ kind: z.literal("iid") }).describe("Every client gets a random share of equal size.");

const dirichlet = z
  .strictObject({
    kind: z.literal("dirichlet"),
    concentration: numberIn("(0, inf)").default(0.5).describe("Small: a client has few classes. Large: near iid."),
    minimumSamples: integerIn(1).default(1).describe("Fewest rows of a client."),
  })
  .describe("Each class is shared out by a Dirichlet draw; arXiv 1909.06335. Needs labels.");

const shards = z
  .strictObject({
    kind: z.literal("shards"),
    shardsPerClient: integerIn(1).default(2).describe("Shards that a client gets."),
  })
  .describe("Rows sorted by class, cut into equal shards; McMahan et al., arXiv 1602.05629. Needs labels.");

const rate = (value: number) => numberIn("(0, inf)").default(value).describe("Server learning rate.");
const decay = (value: number, text: string) => numberIn("[0, 1)").default(value).describe(text);

const fedavg = z
  .strictObject({ kind: z.literal("fedavg"), learningRate: rate(1) })
  .describe("The coverage-weighted average of the updates; arXiv 1602.05629.");

const fedavgm = z
  .strictObject({
    kind: z.literal("fedavgm"),
    learningRate: rate(1),
    momentum: decay(0.9, "Decay of the running sum of updates."),
  })
  .describe("FedAvg with server momentum; arXiv 1909.06335.");

const fedadam = z
  .strictObject({
    kind: z.literal("fedadam"),
    learningRate: rate(0.01),
    beta1: decay(0.9, "Decay of the mean of updates."),
    beta2: decay(0.99, "Decay of the mean of squared updates."),
    epsilon: numberIn("(0, inf)").default(0.001).describe("Added to the root of the mean square."),
  })
  .describe("Adam on the server; arXiv 2003.00295.");

export const federationSchema = z
  .strictObject({
    clients: integerIn(1, 10_000_000).default(8).describe("Clients that share the training data."),
    partition: z
      .discriminatedUnion("kind", [iid, dirichlet, shards])
      .prefault({ kind: "iid" })
      .describe("Which client gets which rows."),
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
    server: z
      .discriminatedUnion("kind", [fedavg, fedavgm, fedadam])
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
