import { hostname } from "node:os";
import { Command, Option } from "commander";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { integer, number } from "../options.js";
import { type RequiredServerArguments, serverOptions, withCredentials, withRequiredServer } from "../server.js";
import { printable } from "../terminal.js";

interface AggregateArguments extends RequiredServerArguments {
  readonly upstream: string;
  readonly upstreamCredentials?: string;
  readonly upstreamTlsCa?: string;
  readonly upstreamTlsCert?: string;
  readonly upstreamTlsKey?: string;
  readonly as: string;
  readonly minimumClients?: number;
  readonly maximumNorm?: number;
  readonly lostAfter?: number;
}

const after = `
Stands for a region: the clients join its server (fedscore join --server URL), it takes part in a run of the coordinator's server
(fedscore coordinate --aggregators N) and answers each round with the sum of their updates. Ends with the run, and tells its clients.
The credentials are those of a coordinator at its own server, and those of a client at the coordinator's.`;

export function aggregateCommand(): Command {
  const command = new Command("aggregate")
    .description("stand between a coordinator and the clients of a region")
    .addOption(new Option("--upstream <url>", "NATS server of the coordinator: tls://HOST:4222").makeOptionMandatory())
    .option("--as <name>", "what the coordinator calls it", hostname().replace(/[^A-Za-z0-9_-]/g, "-"))
    .option("--minimum-clients <number>", "clients to wait for (default: 1)", integer(1, 100_000))
    .option("--maximum-norm <number>", "largest norm of a client's update; others are refused", number(1e-30, 1e30))
    .option("--lost-after <seconds>", "silence after which a client is lost (default: 15)", number(2, 86_400))
    .action(aggregate);
  return withExamples(
    withCredentials(withRequiredServer(command), "upstream-", "the coordinator's server"),
    [
      [
        "fedscore aggregate --upstream tls://10.0.0.5 --server tls://10.1.0.5 --as north",
        "stand for the clients of 10.1.0.5",
      ],
    ],
    after,
  );
}

async function aggregate(given: AggregateArguments): Promise<void> {
  const { as: name, minimumClients, maximumNorm, lostAfter } = given;
  const onNote = (text: string) => void process.stderr.write(printable(`${name}: ${text}\n`));
  const upstream = serverOptions(given.upstream, {
    ...{ credentials: given.upstreamCredentials, tlsCa: given.upstreamTlsCa },
    ...{ tlsCert: given.upstreamTlsCert, tlsKey: given.upstreamTlsKey },
  });
  // Others need neither it nor its packages.
  const { aggregateFederation } = await import("../../remote/aggregators/aggregate.js");
  await interruptible(
    () => onNote("leaving"),
    (signal) =>
      aggregateFederation({
        ...{ name, server: serverOptions(given.server, given), upstream, minimumClients, maximumNorm, signal, onNote },
        lostAfter: lostAfter === undefined ? undefined : Math.round(1000 * lostAfter),
      }),
  );
}
