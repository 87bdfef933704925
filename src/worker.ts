/** Entry of a worker: what pools may ask for there. */
import { measure } from "./experiment/stages/measure.js";
import { boundFromBelow, estimateByNeighbours } from "./experiment/stages/sample-comparison.js";
import { trainBlocks, training } from "./federation/training-tasks.js";
import { sampleBlock } from "./model/sample-block.js";
import { probeClient } from "./theory/apriori/probe-task.js";
import { runCertificateUnits } from "./theory/certificate/unit-task.js";
import { denoisingErrorRows } from "./theory/denoising-errors.js";
import { serve } from "./workers/comlink/serve.js";

const tasks = [training, trainBlocks, probeClient, runCertificateUnits, denoisingErrorRows];
const functions = [sampleBlock, measure, boundFromBelow, estimateByNeighbours];
serve([...tasks.flatMap((task) => task.functions), ...functions]);
