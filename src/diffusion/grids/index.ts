import { ArgumentError } from "../../errors.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { type BentonGridSpec, benton } from "./benton.js";
import { type GeometricTailGridSpec, geometricTail } from "./geometric-tail.js";
import { type KarrasGridSpec, karras } from "./karras.js";
import { type UniformGridSpec, uniform } from "./uniform.js";
import { type UniformLogSnrGridSpec, uniformLogSnr } from "./uniform-log-snr.js";
import { type UserGridSpec, user } from "./user.js";

export { type GridRange, kappaOf } from "./range.js";
export type {
  BentonGridSpec,
  GeometricTailGridSpec,
  KarrasGridSpec,
  UniformGridSpec,
  UniformLogSnrGridSpec,
  UserGridSpec,
};

/** A time grid as plain data. Times are in the schedule's clock. */
export type GridSpec =
  | UniformGridSpec
  | UniformLogSnrGridSpec
  | KarrasGridSpec
  | BentonGridSpec
  | GeometricTailGridSpec
  | UserGridSpec;

/** The grid that a specification names, with its kappa. Throws ArgumentError where the numbers do not make a grid. */
export function createGrid(spec: GridSpec, schedule: NoiseSchedule): TimeGrid {
  switch (spec.kind) {
    case "uniform":
      return uniform(spec, schedule);
    case "uniform-log-snr":
      return uniformLogSnr(spec, schedule);
    case "karras":
      return karras(spec, schedule);
    case "benton":
      return benton(spec, schedule);
    case "geometric-tail":
      return geometricTail(spec, schedule);
    case "user":
      return user(spec, schedule);
    default: {
      const rule = 'must be "uniform", "uniform-log-snr", "karras", "benton", "geometric-tail" or "user"';
      throw new ArgumentError("grid.kind", rule, (spec as { kind: unknown }).kind);
    }
  }
}
