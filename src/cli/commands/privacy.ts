import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { folderInput } from "../../experiment/files/folder-input.js";
import { readConfig } from "../../experiment/files/read-config.js";
import { accountRun } from "../../experiment/prepare/account-run.js";
import { createEngine } from "../../kernels/index.js";
import { withExamples } from "../examples.js";
import { number as numberIn } from "../options.js";
import { printJson, printResult } from "../output.js";
import { type Fact, formatFacts, given, number } from "../print.js";
import { type SetArguments, setOption } from "../set.js";

interface PrivacyArguments extends SetArguments {
  readonly epsilon?: number;
  readonly json?: boolean;
}

const after = `
Nobody trains and nothing is written. The data are read: how many rows clients have counts where records are protected, and what the run would refuse is refused.
What epsilon is of, and what not, is in docs/privacy.md.`;

export function privacyCommand(): Command {
  return withExamples(
    new Command("privacy")
      .description("say what a config spends of privacy, or the noise that it needs, without training")
      .argument("<config>", "config file (JSON) with privacy")
      .option(
        "--epsilon <number>",
        "also find the noise multiplier with which all rounds spend no more",
        numberIn(1e-6, 1e6),
      )
      .addOption(setOption("config"))
      .option("--json", "as JSON on stdout")
      .action(privacy),
    [
      ["fedscore privacy config.json", "epsilon of its rounds"],
      ["fedscore privacy config.json --epsilon 3", "the noise multiplier that it takes"],
      [
        "fedscore privacy config.json --set federation.participation=0.1 --json",
        "with fewer clients in a round, for a program",
      ],
    ],
    after,
  );
}

async function privacy(path: string, { epsilon: wanted, set, json }: PrivacyArguments): Promise<void> {
  const { config, folder } = readConfig(path, { set });
  const { privacy, training } = config;
  if (!privacy) {
    const message = `${path}: config.privacy must be given: without it training is not private`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { argument: "config.privacy" });
  }
  const engine = await createEngine({ variant: "simd" });
  const account = await accountRun(engine, config, folderInput(folder));
  if (!account) throw new TypeError("a config with privacy has an account");
  const found = {
    ...{ name: config.name, unit: privacy.kind, rounds: training.rounds, ...account.spentBy(training.rounds) },
    ...(privacy.epsilon !== undefined && { budget: privacy.epsilon, allowedRounds: account.allowedRounds }),
    ...(wanted !== undefined && { wanted, neededNoiseMultiplier: account.noiseFor(wanted) }),
    ...(account.largeDelta !== undefined && { largeDelta: account.largeDelta }),
    reproducible: privacy.reproducible,
  };
  await (json ? printJson(found) : printResult(formatFacts(factsOf(found))));
}

interface Found {
  readonly unit: string;
  readonly rounds: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly accountant: string;
  readonly sampleRate: number;
  readonly noiseMultiplier: number;
  readonly steps: number;
  readonly client?: number;
  readonly budget?: number;
  readonly allowedRounds?: number;
  readonly wanted?: number;
  readonly neededNoiseMultiplier?: number;
  readonly largeDelta?: string;
  readonly reproducible: boolean;
}

function factsOf(found: Found): Fact[] {
  const { unit, rounds, epsilon, delta, accountant, client, budget, allowedRounds, wanted } = found;
  const worst = client === undefined ? "" : `, of client ${client}, whose records spend most`;
  return [
    ["protected", `each ${unit}${worst}`],
    ["epsilon", `${number(epsilon)} at delta ${given(delta)} after ${rounds} rounds, by the ${accountant} accountant`],
    [
      "steps",
      `${found.steps}, each with a ${unit} at probability ${number(found.sampleRate)}, noise multiplier ${given(found.noiseMultiplier)}`,
    ],
    ...(budget === undefined ? [] : [["budget", `${given(budget)}: ${allowedRounds} rounds`] satisfies Fact]),
    ...(wanted === undefined
      ? []
      : [
          [
            "for epsilon",
            `${given(wanted)}: a noise multiplier of ${number(roundedUp(found.neededNoiseMultiplier ?? 0))}`,
          ] satisfies Fact,
        ]),
    ...(found.largeDelta === undefined ? [] : [["note", found.largeDelta] satisfies Fact]),
    ...(found.reproducible
      ? [["note", "reproducible: noise of the seed protects nobody who knows it"] satisfies Fact]
      : []),
  ];
}

/** To four digits, no less: whoever takes the noise that is printed spends no more than was wanted. */
function roundedUp(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return Math.ceil(value / unit) * unit;
}
