/** Entry of a worker: answers what pools ask for. */
import { workerFunctions } from "./worker-functions.js";
import { serve } from "./workers/comlink/serve.js";

serve(workerFunctions);
