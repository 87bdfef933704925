/** Entry of a worker: the functions that pools may call there. */
import { measure } from "./experiment/jobs/measure.js";
import { sampleBlock } from "./experiment/jobs/sample-block.js";
import { closeTraining, openTraining, trainBlock } from "./federation/training-functions.js";
import { serve } from "./federation/transports/comlink/serve.js";

serve([openTraining, trainBlock, closeTraining, sampleBlock, measure]);
