/** A worker thread of fedscore that knows the short task too. */
import { serve, workerFunctions } from "../../dist/entries/workers.js";
import { shortTaskFunction } from "./short-task-function.mjs";

serve([...workerFunctions, shortTaskFunction]);
