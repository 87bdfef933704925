import { hostname } from "node:os";
import { Command, Option } from "commander";
import { rowCount } from "../../data/dataset.js";
import { splitDataset } from "../../data/split.js";
import { parsePolicy } from "../../experiment/config/policy.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { readJson } from "../../experiment/files/read-json.js";
import { readSomehow } from "../../experiment/init/file-data.js";
import { createEngine } from "../../kernels/index.js";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { number } from "../options.js";
import { type RequiredServerArguments, serverOptions, withRequiredServer } from "../server.js";
import { printable } from "../terminal.js";

interface JoinArguments extends RequiredServerArguments {
  readonly data: string;
  readonly as: string;
  readonly heldOut: number;
  readonly policy?: string;
  readonly stay?: boolean;
}

const after = `
Trains in a federation of a server, whoever coordinates it (fedscore coordinate), until it is over, with --stay in all that come, until Ctrl-C. The rows of --data stay here: what leaves is
what training makes of them, and the statistics that the policy allows. A policy is a JSON file; its keys are in docs/remote.md.`;

export function joinCommand(): Command {
  const command = new Command("join")
    .description("take part in federations with rows of one's own, which stay here")
    .addOption(new Option("--data <file>", "rows: CSV, NumPy, IDX or safetensors").makeOptionMandatory())
    .option("--as <name>", "what the coordinator calls this client", hostname().replace(/[^A-Za-z0-9_-]/g, "-"))
    .option(
      "--held-out <share>",
      "share of the rows whose loss is measured, and that are not trained on",
      number(0, 0.9),
      0.1,
    )
    .option("--policy <file>", "what may be asked of this client (JSON)")
    .option("--stay", "wait for other federations when one is over")
    .action(join);
  return withExamples(
    withRequiredServer(command),
    [
      ["fedscore join --server tls://10.0.0.5 --data rows.csv --as clinic", "in the next federation"],
      [
        "fedscore join --server tls://10.0.0.5 --data rows.csv --as clinic --policy policy.json --stay",
        "in all that come, within limits",
      ],
    ],
    after,
  );
}

async function join(given: JoinArguments): Promise<void> {
  const { server, as: name, heldOut: share, stay } = given;
  const onNote = (text: string) => void process.stderr.write(printable(`${name}: ${text}\n`));
  const policy = given.policy === undefined ? {} : parsePolicy(readJson(given.policy, "policy"));
  const { dataset, doubt } = await readSomehow({ bytes: readBytes(given.data), source: given.data });
  for (const note of [dataset.reading, doubt]) if (note !== undefined) onNote(note);
  const engine = await createEngine({ variant: "simd" });
  const isSplit = share > 0 && rowCount(dataset) > 1;
  const split = isSplit ? splitDataset(engine, dataset, { heldOut: share, seed: 1 }) : { train: dataset };
  // Others need neither it nor its packages.
  const { joinFederation } = await import("../../remote/clients/join.js");
  const options = { ...serverOptions(server, given), name, data: split.train, policy, stay, onNote };
  const rows = "heldOut" in split ? { ...options, heldOut: split.heldOut } : options;
  await interruptible(
    () => onNote("leaving"),
    (signal) => joinFederation({ ...rows, signal }),
  );
}
