import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import { fileNames } from "../../experiment/files/names.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { beginStage } from "../../experiment/progress.js";
import { certifiedRows, certifySubject } from "../../experiment/stages/certify.js";
import { certificationOfModel } from "../../experiment/stages/certify-model.js";
import { describeCertification, describeInterval } from "../../experiment/stages/describe-certification.js";
import { intervalOf, intervalRows } from "../../experiment/stages/interval.js";
import { createEngine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import { mostPathsOfRow, mostRows } from "../../theory/interval/kl-interval.js";
import { type ProposalName, proposals } from "../../theory/interval/proposals/index.js";
import { type Example, withExamples } from "../examples.js";
import { RunFailure, requireComplete } from "../exit.js";
import { gridWithSteps } from "../grid-with-steps.js";
import { certificateText } from "../inspect/certificate.js";
import { intervalLines } from "../inspect/interval.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printJson, printResult } from "../output.js";
import { createProgress } from "../progress/index.js";
import { readResult } from "../read-result.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { runPath } from "../run-path.js";
import { poolOpener, type ServerArguments, variantFor, withServer } from "../server.js";
import { variantOption } from "./run.js";

interface CertifyArguments extends ServerArguments {
  readonly paths?: number;
  readonly k?: number;
  readonly rows?: number;
  readonly proposal?: ProposalName;
  readonly defensive?: number | true;
  readonly confidence?: number;
  readonly precision?: number;
  readonly sampler?: SamplerName;
  readonly steps?: number;
  readonly class?: number;
  readonly dataFolder: string;
  readonly workers?: number;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

/** Of `--defensive` without a number. */
const usualShare = 1e-4;

const after = `
The interval has both ends of KL, where the law's density is known and every step of the sampler is a Gaussian. All bounds hold for
the sampler and the grid that are named, in the coordinates that the network sees. Where the data law has no exact denoiser, the
variational bound on held-out data and the certificate against the training data are computed instead.`;

const examples: readonly Example[] = [
  ["fedscore certify runs/ring", "as the run's config asks for it"],
  ["fedscore certify runs/ring --paths 50000 --rows 10000", "sharper"],
  ["fedscore certify runs/ring --sampler analytic --steps 50 --json", "another sampler on fewer steps"],
];

export function certifyCommand(): Command {
  const command = withServer(
    new Command("certify")
      .description("bound how far a trained model's samples are from the data law: KL(q_delta || p_theta)")
      .argument("<run>", "folder of a finished run, or the model.safetensors in it")
      .option(
        "-p, --paths <number>",
        "forward paths, or rows that a deterministic sampler is inverted at (default: those of the run's config)",
        integer(2),
      )
      .option(
        "--k <number>",
        "paths a row of the two-sided interval (default: those of the config)",
        integer(1, mostPathsOfRow),
      )
      .option(
        "--rows <number>",
        "rows of the two-sided interval, of the law and of the sampler each; 0: none (default: those of the config)",
        integer(0, mostRows),
      )
      .addOption(
        new Option(
          "--proposal <name>",
          "how paths of the interval are proposed (default: that of the config, else the best of a pilot)",
        ).choices(Object.keys(proposals)),
      )
      .option(
        "--defensive [share]",
        `also an upper end that assumes nothing, for the sampler that draws from a wide Gaussian with this probability (default: that of the config; without a number ${usualShare})`,
        within(0, 1),
      )
      .option(
        "-c, --confidence <number>",
        "one-sided confidence of the upper end (default: that of the config)",
        within(0.5, 1),
      )
      .option(
        "--precision <number>",
        "stop once the upper end is within this fraction of the value",
        within(0, Number.POSITIVE_INFINITY),
      )
      .addOption(
        new Option("--sampler <name>", "certify this sampler (default: that of the run)").choices(
          Object.keys(samplers),
        ),
      )
      .option("--steps <number>", "sampling steps (default: those of the run)", integer(1, 100_000))
      .option("--class <number>", "certify samples of this class against its rows, of a model with classes", integer(0))
      .option("--data-folder <folder>", "folder that data files of the config are relative to", ".")
      .option(
        "-w, --workers <number>",
        "worker threads (default: one per core); with --server, places at workers to wait for",
        integer(1, 256),
      )
      .option("--json", "print the certificate as JSON on stdout")
      .addOption(variantOption())
      .action(certifyModel),
  );
  return withExamples(command, examples, after);
}

async function certifyModel(path: string, options: CertifyArguments): Promise<void> {
  const { folder, model: modelPath } = runPath(path);
  const result = readResult(join(folder, fileNames.result), "certify");
  const variant = variantFor(options);
  if (variant !== "simd") enableRelaxedSimd();
  const engine = await createEngine({ variant });
  const model = loadModel(engine, readBytes(modelPath), modelPath);
  const { paths, k, rows, proposal, defensive, confidence, precision, sampler, steps, dataFolder } = options;
  const { class: label } = options;
  const { subject, settings } = await certificationOfModel(engine, model, result, {
    folder: dataFolder,
    sampler,
    ...(label !== undefined && { class: label }),
    ...(steps !== undefined && { grid: gridWithSteps(model, steps) }),
    ...(paths !== undefined && { paths }),
    ...(k !== undefined && { intervalPaths: k }),
    ...(rows !== undefined && { intervalRows: rows }),
    ...(proposal !== undefined && { intervalProposal: proposal }),
    ...(defensive !== undefined && { defensiveShare: defensive === true ? usualShare : defensive }),
    ...(confidence !== undefined && { confidence }),
    ...(precision !== undefined && { precision }),
  });
  const progress = createProgress();
  const open = poolOpener(options, progress.note);
  const onInterrupt = () => progress.note("interrupted");
  try {
    await interruptible(onInterrupt, async (signal) => {
      const pool = await open(engine, signal);
      try {
        const onAdvance = beginStage(progress.listen, "certificate", certifiedRows(subject, settings));
        const certification = await certifySubject(pool, subject, settings, { signal, onAdvance });
        const onRows = beginStage(progress.listen, "interval", intervalRows(settings));
        const interval = await intervalOf(pool, subject, settings, { signal, onAdvance: onRows });
        const found = { ...describeInterval(interval), ...describeCertification(certification) };
        progress.stop();
        const texts = [intervalLines(found), certificateText(found)].filter((text) => text !== "");
        await (options.json ? printJson(found) : printResult(texts.join("\n")));
        requireComplete(found);
      } finally {
        await pool.close();
      }
    });
  } catch (error) {
    throw new RunFailure(error);
  } finally {
    progress.stop();
  }
}

/** Parses a number in (low, high). */
function within(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value > low && value < high) return value;
    throw new InvalidArgumentError(
      high === Number.POSITIVE_INFINITY ? "It must be > 0." : `It must lie in (${low}, ${high}).`,
    );
  };
}
