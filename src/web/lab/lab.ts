/** Entry of the page's laboratory: a worker that runs configs, so that the page itself has nothing to compute. */
import "../policy.js";
import { isFedscoreError } from "../../errors.js";
import type { RunOutcome } from "../../experiment/execute.js";
import { fileData } from "../../experiment/init/file-data.js";
import { starterConfig } from "../../experiment/init/starter.js";
import { Gate } from "./gate.js";
import { loadAhead } from "./load-ahead.js";
import type { LabEvent, LabRequest, RunEvent } from "./messages.js";
import { pageBytes } from "./page-file.js";
import { runFile } from "./run-files.js";
import { runInLab } from "./run-in-lab.js";
import { surveyTable, type TableProgress } from "./table-survey.js";

const post = (event: LabEvent, transfer: ArrayBufferLike[] = []) =>
  self.postMessage(event, { transfer: transfer.filter((each): each is ArrayBuffer => each instanceof ArrayBuffer) });

const outcomes = new Map<number, RunOutcome>();
let gate: Gate | undefined;
let stop = new AbortController();
let reading = new AbortController();

/** Address of the page: this file is in a folder beside it. */
const base = new URL("../", self.location.href).href;

self.addEventListener("message", ({ data }: MessageEvent<LabRequest>) => {
  void take(data);
});

void loadAhead();

async function take(request: LabRequest): Promise<void> {
  if (request.kind === "run") return run(request);
  if (request.kind === "survey") return survey(request);
  if (request.kind === "table") return table(request);
  if (request.kind === "file") return file(request);
  if (request.kind === "stop") stop.abort();
  else if (request.kind === "leaveTable") reading.abort();
  else if (request.kind === "forget") outcomes.delete(request.run);
  else if (request.kind === "step") gate?.step();
  else if (request.kind === "pause") gate?.shutNow();
  else gate?.open();
}

async function run(request: Extract<LabRequest, { readonly kind: "run" }>): Promise<void> {
  stop = new AbortController();
  const tell = (event: RunEvent, transfer?: ArrayBufferLike[]) =>
    post({ kind: "run", run: request.run, event }, transfer);
  try {
    gate = new Gate((held) => tell({ kind: "held", held }));
    const outcome = await runInLab({ request, base, gate, signal: stop.signal, tell });
    outcomes.set(request.run, outcome);
    tell({ kind: "done", result: outcome.result, hasSamples: outcome.samples !== undefined });
  } catch (error) {
    if (isFedscoreError(error) && error.code === "FEDSCORE_ABORTED") tell({ kind: "stopped" });
    else tell({ kind: "failed", code: isFedscoreError(error) ? error.code : "unexpected", message: messageOf(error) });
  }
}

async function survey({ survey: id, file }: Extract<LabRequest, { readonly kind: "survey" }>): Promise<void> {
  const { name } = file;
  try {
    const data = await fileData({ bytes: await pageBytes(file), source: name }, name);
    post({ kind: "surveyed", survey: id, config: starterConfig(data), note: data.note ?? "" });
  } catch (error) {
    post({ kind: "unreadable", survey: id, message: messageOf(error) });
  }
}

/** Milliseconds between two messages of how far a table is read. */
const beat = 100;

/** Of several questions the last one is answered: the page looks at no other. */
async function table({ survey: id, ask }: Extract<LabRequest, { readonly kind: "table" }>): Promise<void> {
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  let told = { step: "", at: 0 };
  const onProgress = (progress: TableProgress) => {
    const { step } = progress;
    const now = performance.now();
    if (told.step === step && now - told.at < beat) return;
    told = { step, at: now };
    post({ kind: "reading", survey: id, progress });
  };
  const answer = await surveyTable(ask, { signal, onProgress });
  if (answer) post({ kind: "table", survey: id, answer });
}

async function file({ run, name }: Extract<LabRequest, { readonly kind: "file" }>): Promise<void> {
  const outcome = outcomes.get(run);
  try {
    if (!outcome) throw new Error("this run has no files");
    post({ kind: "file", run, name, content: await runFile(outcome, name) });
  } catch (error) {
    post({ kind: "noFile", run, name, message: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
