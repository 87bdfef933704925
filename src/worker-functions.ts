import { askedClasses } from "./experiment/stages/asked-classes.js";
import { classifyRows, judgeRows, shareClasses, trainJudges } from "./experiment/stages/judge-tasks.js";
import { measure } from "./experiment/stages/measure.js";
import { boundFromBelow, estimateByNeighbours } from "./experiment/stages/sample-comparison.js";
import {
  calibrateColumn,
  chooseFeatures,
  detectRows,
  drawBaseline,
  judgeNewRows,
  judgeRowPrivacy,
  judgeTableQuality,
  learnRows,
  serveClients,
} from "./experiment/stages/table-tasks.js";
import { ownTraining } from "./federation/own-training.js";
import { roundMasks } from "./federation/packed-blocks.js";
import { trainBlocks, trainBlocksShared, training } from "./federation/training-tasks.js";
import { sampleBlock } from "./model/sample-block.js";
import { sampleGivenBlock } from "./model/sample-given-block.js";
import { probeClient } from "./theory/apriori/probe-task.js";
import { runCertificateUnits } from "./theory/certificate/unit-task.js";
import { curvedCodingRows } from "./theory/coding-rows.js";
import { coordinateErrorSums } from "./theory/coordinate-errors.js";
import { curvedGapSums } from "./theory/curved-gaps.js";
import { bandwidthOfRows } from "./theory/data-law/bandwidth.js";
import { classifiers } from "./theory/data-law/classifier-task.js";
import { informationDraws } from "./theory/data-law/information-task.js";
import { kernelSums } from "./theory/data-law/kernel-sums-task.js";
import { denoisingErrorRows } from "./theory/denoising-errors.js";
import { runFlow } from "./theory/flow/flow-task.js";
import { weighIntervalRows } from "./theory/interval/row-task.js";
import { outputKlOnLine } from "./theory/line-output-kl.js";
import type { WorkerFunction } from "./workers/worker-pool.js";

const tasks = [
  training,
  roundMasks,
  trainBlocks,
  ownTraining,
  probeClient,
  runCertificateUnits,
  runFlow,
  denoisingErrorRows,
  coordinateErrorSums,
  curvedCodingRows,
  curvedGapSums,
  weighIntervalRows,
  informationDraws,
  kernelSums,
  classifiers,
];
const functions = [
  trainBlocksShared,
  sampleBlock,
  sampleGivenBlock,
  askedClasses,
  calibrateColumn,
  measure,
  trainJudges,
  classifyRows,
  judgeRows,
  shareClasses,
  drawBaseline,
  judgeTableQuality,
  judgeNewRows,
  chooseFeatures,
  detectRows,
  judgeRowPrivacy,
  learnRows,
  serveClients,
  boundFromBelow,
  estimateByNeighbours,
  bandwidthOfRows,
  outputKlOnLine,
];

/** What this package's pools ask of workers: a worker of your own that is to answer them too passes these to `serve` with its own. */
export const workerFunctions: readonly WorkerFunction<never, unknown>[] = [
  ...tasks.flatMap((task) => task.functions),
  ...functions,
];
