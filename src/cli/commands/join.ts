import { hostname } from "node:os";
import { Command, Option } from "commander";
import { parsePolicy } from "../../experiment/config/policy.js";
import { readJson } from "../../experiment/files/read-json.js";
import { createEngine } from "../../kernels/index.js";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { joinRows } from "../join-rows.js";
import { number } from "../options.js";
import { type RequiredServerArguments, serverOptions, withRequiredServer } from "../server.js";
import { printable } from "../terminal.js";

interface JoinArguments extends RequiredServerArguments {
  readonly data: string;
  readonly as: string;
  readonly heldOut: number;
  readonly delimiter?: string;
  readonly onInvalid?: "error" | "missing";
  readonly policy?: string;
  readonly stay?: boolean;
}

const after = `
Trains in a federation of a server, whoever coordinates it (fedscore coordinate), until it is over, with --stay in all that come, until Ctrl-C. The rows of --data stay here: what leaves is
what training makes of them, and the statistics that the policy allows. A run of a table says the columns, by which the file is read. A policy is a JSON file; its keys are in docs/remote.md.`;

export function joinCommand(): Command {
  const command = new Command("join")
    .description("take part in federations with rows of one's own, which stay here")
    .addOption(
      new Option(
        "--data <file>",
        "rows: CSV, NumPy, IDX or safetensors; a table: CSV, Parquet or Arrow",
      ).makeOptionMandatory(),
    )
    .option("--as <name>", "what the coordinator calls this client", hostname().replace(/[^A-Za-z0-9_-]/g, "-"))
    .option(
      "--held-out <share>",
      "share of the rows whose loss is measured, and that are not trained on",
      number(0, 0.9),
      0.1,
    )
    .option("--delimiter <character>", "of a table: what stands between two cells (default: what cuts rows alike)")
    .addOption(
      new Option(
        "--on-invalid <what>",
        "of a table: what a cell is that does not fit (default: what the run says)",
      ).choices(["error", "missing"]),
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
      [
        "fedscore join --server tls://10.0.0.5 --data incidents.csv --as airline --on-invalid missing",
        "with a table: cells that do not fit are gaps",
      ],
    ],
    after,
  );
}

async function join(given: JoinArguments): Promise<void> {
  const { server, as: name, stay } = given;
  const onNote = (text: string) => void process.stderr.write(printable(`${name}: ${text}\n`));
  const policy = given.policy === undefined ? {} : parsePolicy(readJson(given.policy, "policy"));
  const engine = await createEngine({ variant: "simd" });
  const { delimiter, onInvalid } = given;
  const reading = { ...(delimiter !== undefined && { delimiter }), ...(onInvalid !== undefined && { onInvalid }) };
  const rows = await joinRows(engine, { path: given.data, heldOut: given.heldOut, reading }, onNote);
  // Others need neither it nor its packages.
  const { joinFederation } = await import("../../remote/clients/join.js");
  const options = { ...serverOptions(server, given), name, ...rows, policy, stay, onNote };
  await interruptible(
    () => onNote("leaving"),
    (signal) => joinFederation({ ...options, signal }),
  );
}
