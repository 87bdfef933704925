/** Entry of a worker: the functions that pools may call there. */
import { measure } from "./experiment/jobs/measure.js";
import { sampleBlock } from "./experiment/jobs/sample-block.js";
import { closeRound, closeTraining, openRound, openTraining, trainBlock } from "./federation/training-functions.js";
import { serve } from "./federation/transports/comlink/serve.js";

serve([openTraining, closeTraining, openRound, closeRound, trainBlock, sampleBlock, measure]);
