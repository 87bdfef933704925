import { areClientsOwn } from "../config/own-rows.js";
import type { ExperimentConfig } from "../config/schema.js";
import { isTarget } from "../prepare/draw-target.js";
import type { RunHistory } from "../result/history.js";
import type { ExperimentResult } from "../result/schema.js";
import type { ReadyRun } from "./ready-run.js";
import { endsByPrivacy } from "./train.js";

/** Points of the curve of epsilon over rounds, and of the accountant that draws it. */
const [mostPoints, accountantPoints] = [16, 2 ** 11];

/** What a run has spent of privacy; undefined where its config asks for none. */
export function describePrivacy(run: ReadyRun, history: RunHistory): Pick<ExperimentResult, "privacy"> {
  const { config, account } = run;
  const { privacy } = config;
  if (!privacy || !account) return {};
  const { rounds } = history;
  const spent = account.spentBy(rounds);
  const shown = Math.min(rounds, mostPoints);
  const perRound = Array.from({ length: shown }, (_, index) => {
    const round = Math.round(((index + 1) * rounds) / shown);
    // The last point is the number that is told; the curve does not stand above it.
    const { epsilon } = round === rounds ? spent : account.spentBy(round, accountantPoints);
    return { round, epsilon: Math.min(epsilon, spent.epsilon) };
  });
  return {
    privacy: {
      ...{ unit: privacy.kind, ...spent, reproducible: privacy.reproducible },
      ...(privacy.epsilon !== undefined && { budget: privacy.epsilon }),
      ...{ stopped: endsByPrivacy(run, history), perRound },
      covers: covers[privacy.kind],
      notCovered: [...(account.largeDelta === undefined ? [] : [account.largeDelta]), ...notCovered(config)],
    },
  };
}

const covers = {
  client:
    "All that training releases: the parameters after each round, their moving average, samples of them, the clipping norms and the reports of rounds. Neighbours are two federations of which one has a client whose updates are all 0 in the other; how many clients there are, their capacities, devices and masks are public.",
  record:
    "All that the clients send, each record by the noise of its own client, against the server too. Neighbours are two federations of which one has one record more; how many rows a client has, and in which rounds it is asked, are public. What is said of the client whose records spend most holds of all.",
} as const;

/** What of a run is made from the training rows in another way than by training. */
function notCovered({
  training,
  transforms,
  network,
  sampling,
  certificate,
  evaluation,
  data,
  privacy,
}: ExperimentConfig): string[] {
  const target = isTarget(data);
  const isOwnTable = data.kind === "table" && areClientsOwn(data);
  return [
    ...(training.initialize === undefined
      ? []
      : ["training.initialize, the model that training starts from: what its own training spent comes to this"]),
    ...(transforms.length > 0 ? ["the transforms, which are fitted to the pooled training rows before training"] : []),
    ...(network.sigmaData === undefined && !isOwnTable
      ? ["network.sigmaData, the deviation of the pooled training rows where the config does not say it"]
      : []),
    ...(sampling.grid.kind === "certified" && !target ? ["the certified grid, which is chosen by training rows"] : []),
    ...(evaluation.divergences.length > 0
      ? ["the floors of the divergences, which compare training rows with held-out ones"]
      : []),
    ...(data.kind === "table"
      ? [
          `the summaries of the clients' columns, to which the encoding is fitted: no number and no category in them stands for fewer than ${data.smallestCount} rows, which is a threshold and no differential privacy`,
          ...(isOwnTable
            ? []
            : [
                "what is said of the table, which compares synthetic rows with training rows and counts the cells of both",
              ]),
        ]
      : []),
    ...(certificate && !target
      ? ["the certificate and what stands beside it, where they compare with the training rows"]
      : []),
    "held-out rows: what is measured, certified or decided on them is not protected",
    "checksums.data, by which somebody who guesses all rows can tell that the guess is right",
    ...(areClientsOwn(data)
      ? ["who is asked in a round, from the server that carries the messages and from whoever sees its traffic"]
      : []),
    "wall-clock times, and the log, checkpoints and memory of the machine that trains, which is trusted",
    ...(privacy?.reproducible ? ["anything, from somebody who knows the seed: privacy.reproducible is true"] : []),
  ];
}
