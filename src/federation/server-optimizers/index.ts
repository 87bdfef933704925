import { ArgumentError, requireArray, requireMethods, requireNumber } from "../../errors.js";
import { complete, createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import { fedAdagrad } from "./fedadagrad.js";
import { fedAdam } from "./fedadam.js";
import { fedAvg } from "./fedavg.js";
import { fedAvgM } from "./fedavgm.js";
import { fedYogi } from "./fedyogi.js";
import type { OwnServerOptimizer, ServerOptimizer } from "./server-optimizer.js";

export type { OwnServerOptimizer, ServerOptimizer, ServerStep } from "./server-optimizer.js";

/** Every server optimizer by its kind. */
export const serverOptimizers = familyOf(fedAvg, fedAvgM, fedAdam, fedYogi, fedAdagrad);

/** How the server moves, as plain data: `kind` is the optimizer's name, settings may be absent for their defaults. */
export type ServerOptimizerSpec = SpecOf<typeof serverOptimizers>;

/** A specification with all its defaults, or an optimizer of the caller's own. */
export type CompleteServer = FilledSpecOf<typeof serverOptimizers> | OwnServerOptimizer;

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, as `${argument}.learningRate`. */
export function completeServer(argument: string, server: ServerOptimizerSpec | OwnServerOptimizer): CompleteServer {
  return isOwn(server) ? requireOwn(argument, server) : complete(serverOptimizers, argument, server);
}

/** The optimizer that is meant. Throws as `completeServer`. */
export function createServerOptimizer(
  argument: string,
  server: ServerOptimizerSpec | OwnServerOptimizer,
): ServerOptimizer {
  return isOwn(server) ? requireOwn(argument, server) : createFrom(serverOptimizers, argument, server);
}

/** Whether it is an optimizer and no specification. */
export function isOwn(server: ServerOptimizerSpec | OwnServerOptimizer): server is OwnServerOptimizer {
  return typeof server === "object" && server !== null && "step" in server;
}

function requireOwn(argument: string, server: OwnServerOptimizer): OwnServerOptimizer {
  requireMethods(argument, server, ["step"]);
  const { name, initialState } = server;
  if (typeof name !== "string" || name === "") throw new ArgumentError(`${argument}.name`, "must be a name", name);
  requireArray(`${argument}.initialState`, initialState);
  initialState.forEach((value, index) => {
    requireNumber(`${argument}.initialState[${index}]`, value, "must be finite", () => true);
  });
  return server;
}
