import type { ExperimentConfig } from "../experiment/config/schema.js";
import type { Stage } from "../experiment/progress.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import type { JsonObject } from "./json.js";
import type { ClientsNow, CoverageNow, Look, RunEvent, RunFacts, SandwichRows, Trajectory } from "./lab/messages.js";

/** What the page knows of a run. */
export interface RunView {
  readonly id: number;
  /** As it was written, and with all defaults. */
  readonly written: JsonObject;
  readonly config: ExperimentConfig;
  readonly status: "running" | "done" | "stopped" | "failed";
  /** Whether it waits for the person. */
  readonly held: boolean;
  readonly stage: { readonly name: Stage; readonly done: number; readonly total: number };
  readonly secondsLeft: number | undefined;
  readonly facts: RunFacts | undefined;
  readonly loss: readonly number[];
  readonly clients: ClientsNow | undefined;
  readonly coverage: CoverageNow | undefined;
  readonly trajectory: Trajectory | undefined;
  readonly looks: readonly Look[];
  readonly sandwich: SandwichRows | undefined;
  readonly notes: readonly string[];
  readonly result: ExperimentResult | undefined;
  readonly hasSamples: boolean;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

export function startedRun(id: number, written: JsonObject, config: ExperimentConfig): RunView {
  return {
    ...{ id, written, config },
    ...{ status: "running", held: false, stage: { name: "data", done: 0, total: 0 } },
    ...{ loss: [], looks: [], notes: [], hasSamples: false },
    ...{ secondsLeft: undefined, facts: undefined, clients: undefined, coverage: undefined },
    ...{ trajectory: undefined, sandwich: undefined, result: undefined, error: undefined },
  };
}

/** The run after what the lab said of it. */
export function afterEvent(run: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case "begun":
      return { ...run, facts: event.facts };
    case "stage":
      return { ...run, stage: { name: event.stage, done: event.done, total: event.total }, secondsLeft: undefined };
    case "rounds": {
      const { stage, done, total, loss, secondsLeft } = event;
      const all = stage === "training" ? [...run.loss, ...loss] : run.loss;
      return { ...run, stage: { name: stage, done, total }, secondsLeft, loss: all };
    }
    case "clients":
      return { ...run, clients: event.clients };
    case "coverage":
      return { ...run, coverage: event.coverage };
    case "trajectory":
      return { ...run, trajectory: event.trajectory };
    case "look":
      return { ...run, looks: [...run.looks, event.look] };
    case "sandwich":
      return { ...run, sandwich: event.rows };
    case "note":
      return { ...run, notes: [...run.notes, event.text] };
    case "held":
      return { ...run, held: event.held };
    case "done":
      return { ...run, ...ended, status: "done", result: event.result, hasSamples: event.hasSamples };
    case "stopped":
      return { ...run, ...ended, status: "stopped" };
    case "failed":
      return { ...run, ...ended, status: "failed", error: { code: event.code, message: event.message } };
  }
}

const ended = { held: false, secondsLeft: undefined } as const;
