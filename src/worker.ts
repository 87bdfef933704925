/** Entry of a worker: what pools may ask for there. */
import { measure } from "./experiment/jobs/measure.js";
import { sampleBlock } from "./experiment/jobs/sample-block.js";
import { boundFromBelow, estimateByNeighbours } from "./experiment/jobs/sample-comparison.js";
import { trainBlocks, trainBlocksShared, training } from "./federation/training-tasks.js";
import { probeClient } from "./theory/apriori/probe-task.js";
import { runCertificateUnits } from "./theory/certificate/unit-task.js";
import { denoisingErrorRows } from "./theory/denoising-errors.js";
import { serve } from "./workers/comlink/serve.js";

const tasks = [training, trainBlocks, probeClient, runCertificateUnits, denoisingErrorRows];
const functions = [trainBlocksShared, sampleBlock, measure, boundFromBelow, estimateByNeighbours];
serve([...tasks.flatMap((task) => task.functions), ...functions]);
