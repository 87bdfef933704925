import * as z from "zod";

const count = z.int().gte(0);
const seconds = z.number().gte(0);

/** Virtual seconds of a device. */
const times = {
  download: seconds.describe("Virtual seconds in which parameters came to it."),
  compute: seconds.describe("Virtual seconds in which it trained."),
  upload: seconds.describe("Virtual seconds in which its update went to the server."),
};

/** A round in virtual time. */
export const virtualRound = z.strictObject({
  end: seconds.describe("Virtual seconds from the beginning of the run to the end of the round."),
  seconds: seconds.describe("Virtual seconds from the end of the round before."),
  last: z
    .strictObject({ client: count, ...times, staleness: count.exactOptional() })
    .exactOptional()
    .describe("The client whose update came last of those that the round waited for."),
});

/** What a client has taken in all rounds. */
export const clientTimes = z.strictObject({
  sent: count.describe("How often parameters were sent to it."),
  ...times,
  staleness: count
    .exactOptional()
    .describe("Moves of the server while it trained, summed over its rounds: of asynchronous rounds."),
});

const deviceClass = z.strictObject({
  name: z.string(),
  share: seconds.describe("How many clients have it, in proportion to the others."),
  clients: count.describe("Clients that have it."),
  keepRatio: seconds.describe("Share of the network that they keep: the largest of theirs, in round 0."),
});

const participation = z.strictObject({
  asked: count.describe("How often one of them was asked."),
  updates: count.describe("How often its update was averaged."),
  late: count.describe("How often it came too late, or too stale."),
  lost: count.describe("How often it was not there, or was lost."),
  ...times,
  staleness: seconds.exactOptional().describe("Mean moves of the server while one of them trained."),
});

/** Virtual time of a run. */
export const devicesResult = z.strictObject({
  seconds: seconds.describe("Virtual time of all rounds."),
  download: seconds.describe("Of the client whose update came last of its round, summed over rounds."),
  compute: seconds.describe("The same of its training."),
  upload: seconds.describe("The same of its update."),
  waiting: seconds.describe(
    "What rounds lasted beyond their last update, for clients that were late or lost; 0 where rounds are asynchronous.",
  ),
  classes: z
    .array(z.union([deviceClass.extend(participation.shape), deviceClass]))
    .describe(
      "By kind of device, in the order of the config; its seconds are means over the times it was sent parameters. With config.privacy of kind client it is not told who took part: virtual time is that of rounds of all clients.",
    ),
});
