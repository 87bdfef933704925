/** Entry of a worker: the functions that pools may call there. */
import { closeTraining, openTraining, trainBlock } from "./federation/training-functions.js";
import { serve } from "./federation/transports/comlink/serve.js";

serve([openTraining, trainBlock, closeTraining]);
