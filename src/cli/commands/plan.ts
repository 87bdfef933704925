import { Command } from "commander";
import { folderInput } from "../../experiment/files/folder-input.js";
import { readConfig } from "../../experiment/files/read-config.js";
import { planRun } from "../../experiment/prepare/plan-run.js";
import { prepareRun } from "../../experiment/prepare/prepare-run.js";
import type { FederationPlan, PlannedClass } from "../../federation/devices/plan.js";
import { createEngine } from "../../kernels/index.js";
import { withExamples } from "../examples.js";
import { printJson, printResult } from "../output.js";
import { aligned, formatBytes, formatFacts, number } from "../print.js";
import { type SetArguments, setOption } from "../set.js";
import { virtualWords } from "../virtual-words.js";

interface PlanArguments extends SetArguments {
  readonly json?: boolean;
}

const after = `
Seconds are virtual: bytes over the rate of a device's line, operations over its own. Nobody trains and nothing is written. Which
model the times follow is in docs/devices.md.`;

export function planCommand(): Command {
  return withExamples(
    new Command("plan")
      .description("say what a run asks of its devices: memory, seconds of a round, who is late, without training")
      .argument("<config>", "config file (JSON) with federation.devices")
      .addOption(setOption("config"))
      .option("--json", "as JSON on stdout")
      .action(plan),
    [
      ["fedscore plan examples/devices.json", "a table of its phones, laptops and boards"],
      ["fedscore plan config.json --set federation.devices.deadline=30 --json", "with another deadline, for a program"],
    ],
    after,
  );
}

async function plan(path: string, { set, json }: PlanArguments): Promise<void> {
  const { config, folder } = readConfig(path, { set });
  const engine = await createEngine({ variant: "simd" });
  const prepared = await prepareRun(engine, config, folderInput(folder), undefined);
  const { deadline } = config.federation.devices ?? {};
  const found = {
    name: config.name,
    ...(deadline !== undefined && { deadline }),
    ...planRun(engine, config, prepared),
  };
  await (json ? printJson(found) : printResult(planText(found, deadline)));
}

function planText({ classes, rounds, virtual, stops }: FederationPlan, deadline: number | undefined): string {
  const header = [
    "device",
    "clients",
    "keeps",
    "parameters",
    "memory",
    "download",
    "compute",
    "upload",
    "round",
    "in time",
  ];
  const rows = classes.map((each) => rowOf(each, deadline));
  const facts: [string, string][] = [
    ["rounds", `${number(virtual.rounds)} of ${number(rounds)}`],
    ["virtual time", virtualWords(virtual)],
    ...(deadline === undefined ? [] : [["deadline", seconds(deadline)] satisfies [string, string]]),
  ];
  const end = stops ? `\nThe run would stop in round ${stops.round}, with ${stops.updates} updates.\n` : "";
  return `${aligned([header, ...rows]).join("\n")}\n\n${formatFacts(facts)}${end}`;
}

function rowOf(planned: PlannedClass, deadline: number | undefined): string[] {
  const { name, clients, keepRatio, parameters, memoryBytes, memoryAvailable, fitsMemory } = planned;
  const times = [planned.download, planned.compute, planned.upload, planned.seconds].map(seconds);
  const memory = `${formatBytes(memoryBytes)} of ${formatBytes(memoryAvailable)}${fitsMemory ? "" : ", too little"}`;
  const late = deadline === undefined ? "" : planned.meetsDeadline ? "yes" : "no";
  const updates = `${number(planned.updates)} of ${number(planned.asked)}`;
  return [
    name,
    number(clients),
    number(keepRatio),
    number(parameters),
    memory,
    ...times,
    [late, updates].filter(Boolean).join(", "),
  ];
}

function seconds(value: number): string {
  return `${number(value)} s`;
}
