import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { ExperimentConfig } from "../experiment/config/schema.js";
import { Controls } from "./controls.js";
import { AllSettings, ConfigText, MainSettings } from "./form/form.js";
import { check } from "./form/problems.js";
import { Target } from "./form/target.js";
import type { JsonObject } from "./json.js";
import type { RunFiles } from "./lab/messages.js";
import type { DroppedFile } from "./lab/page-file.js";
import type { TableAsk } from "./lab/table-survey.js";
import { LabClient } from "./lab-client.js";
import { configIn, hashOf } from "./link.js";
import { useLoaded } from "./loaded.js";
import { Share } from "./share.js";
import { afterAction, firstState, type LabAction, type LabState } from "./state.js";
import { TableForm } from "./table/table-form.js";
import { askAgain, fileOf, firstAsk, tableProblem } from "./table/table-setup.js";
import { spokenWords } from "./words.js";

/** The config of the address, and what is wrong with it. */
function linked(): { readonly config?: JsonObject | undefined; readonly problem?: string } {
  try {
    return { config: configIn(location.hash) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The page. */
export function App() {
  const opened = useMemo(linked, []);
  const [state, act] = useReducer<LabState, LabAction, JsonObject | undefined>(afterAction, opened.config, firstState);
  const [refused, setRefused] = useState<readonly string[]>(opened.problem === undefined ? [] : [opened.problem]);
  const lab = useRef<LabClient>();
  const surveys = useRef(0);
  const results = useRef<HTMLHeadingElement>(null);
  const alert = useRef<HTMLDivElement>(null);
  const { config, files, survey, table, runs, shown, leftOut, broken } = state;
  const latest = useRef(state);
  latest.current = state;
  const askTable = (ask: TableAsk) => {
    surveys.current++;
    act({ kind: "table", survey: surveys.current, ask });
    lab.current?.ask({ kind: "table", survey: surveys.current, ask });
  };
  /** A config from elsewhere, whose table may be in the page. */
  const take = (other: JsonObject) => {
    act({ kind: "write", config: other });
    const file = fileOf(other, latest.current.files);
    if (file) askTable(askAgain(other, file));
  };
  useEffect(() => {
    lab.current = new LabClient(
      (event) => act({ kind: "heard", event }),
      (message) => act({ kind: "broken", message }),
    );
    const follow = () => {
      const { config: other, problem } = linked();
      setRefused(problem === undefined ? [] : [problem]);
      if (other) take(other);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const checked = useMemo(() => check(config), [config]);
  const problems = "problems" in checked ? checked.problems : none;
  const unfit = tableProblem(config, table);
  const running = runs.find(({ status }) => status === "running");
  const change = useCallback((path: LabPath, value: LabValue) => act({ kind: "set", path, value }), []);
  const start = () => {
    if (running) return;
    if ("problems" in checked || unfit !== undefined) {
      setRefused([...problems, ...(unfit === undefined ? [] : [unfit])]);
      requestAnimationFrame(() => alert.current?.focus());
      return;
    }
    setRefused(none);
    const run = runs.reduce((last, { id }) => Math.max(last, id), 0) + 1;
    act({ kind: "start", run, config: checked.config });
    lab.current?.ask({ kind: "run", run, config: checked.config, ...filesOf(checked.config, files) });
    requestAnimationFrame(() => results.current?.focus());
  };
  useEffect(() => {
    if (!running) return;
    // The browser asks whether the run is to be lost.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [running?.id]);
  const view = runs.find(({ id }) => id === shown);
  useEffect(() => {
    // The buttons of a run go with it: whoever pressed one of them stays where the run is.
    if (view && document.activeElement === document.body) results.current?.focus();
  }, [view?.status]);
  const canStart = running === undefined && broken === undefined;
  const form = useMemo(
    () => (
      <>
        <Target
          {...{ config, problems, files, survey }}
          onChange={change}
          onFile={(file) => {
            surveys.current++;
            act({ kind: "file", survey: surveys.current, file });
            lab.current?.ask({ kind: "survey", survey: surveys.current, file });
          }}
          onData={(other) => {
            act({ kind: "data", config: other });
            lab.current?.ask({ kind: "leaveTable" });
          }}
        />
        <TableForm
          {...{ config, problems, files, table, canStart }}
          onChange={change}
          onFile={(file) => askTable(firstAsk(config, table, file))}
          onAsk={askTable}
          onCancel={() => {
            act({ kind: "leaveTable" });
            lab.current?.ask({ kind: "leaveTable" });
            // The button goes with what it ended.
            document.getElementById("table-file")?.focus();
          }}
        />
        <MainSettings config={config} problems={problems} onChange={change} />
        <AllSettings config={config} problems={problems} onChange={change} />
        <ConfigText config={config} onConfig={take} />
      </>
    ),
    [config, problems, files, survey, table, canStart, change],
  );
  const shownParts = useLoaded(loadParts);
  return (
    <>
      <header class="page">
        <h1>fedscore lab</h1>
        <p>
          Train a diffusion model across pruned clients in this page, watch it, and see between which ends its error
          lies. Data and results stay here.
        </p>
      </header>
      <main>
        <form
          class="setup"
          aria-labelledby="setup-title"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <h2 id="setup-title">What runs</h2>
          {refused.length > 0 || broken !== undefined ? (
            <div class="alert" role="alert" tabIndex={-1} ref={alert}>
              <strong>{broken === undefined ? "This cannot run yet" : "The lab cannot work here"}</strong>
              <ul>
                {[...(broken === undefined ? [] : [broken]), ...refused].map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </div>
          ) : null}
          <div class="start">
            <button type="submit" class="primary" disabled={!canStart}>
              Run
            </button>
            <Share config={config} linkOf={(each) => new URL(hashOf(each), location.href).href} />
          </div>
          {form}
        </form>
        <section class="results" aria-labelledby="results-title">
          <h2 id="results-title" tabIndex={-1} ref={results}>
            {view ? `Run ${view.id}: ${view.config.name}` : "What comes of it"}
          </h2>
          {view ? (
            <>
              <Controls run={view} onAsk={(kind) => lab.current?.ask({ kind })} />
              {shownParts ? (
                <shownParts.RunPanel run={view} fileOf={(name) => lab.current?.file(view.id, name)} />
              ) : null}
            </>
          ) : (
            <Idle />
          )}
        </section>
        {shownParts ? (
          <shownParts.Comparison
            runs={runs}
            {...{ leftOut, shown }}
            onCompare={(run, isCompared) => act({ kind: "compare", run, isCompared })}
            onShow={(run) => {
              act({ kind: "show", run });
              requestAnimationFrame(() => results.current?.focus());
            }}
            onForget={(run) => {
              act({ kind: "forget", run });
              lab.current?.ask({ kind: "forget", run });
            }}
          />
        ) : null}
      </main>
      <p class="visually-hidden" role="status">
        {running ? `Run ${running.id}: ${spokenWords(running)}` : view ? `Run ${view.id}: ${spokenWords(view)}` : ""}
      </p>
    </>
  );
}

/** Of the files in the page those that a config names. */
function filesOf({ data }: ExperimentConfig, files: readonly DroppedFile[]): RunFiles {
  const named: readonly unknown[] =
    data.kind === "table" ? [data.schema] : "path" in data ? [data.path, data.labels] : [];
  return {
    files: files.filter(({ name }) => named.includes(name)),
    table: data.kind === "table" ? files.find(({ name }) => name === data.path) : undefined,
  };
}

type LabPath = Extract<LabAction, { readonly kind: "set" }>["path"];
type LabValue = Extract<LabAction, { readonly kind: "set" }>["value"];

const none: readonly string[] = [];

/** What shows runs, with the plots: it is needed once there is one, and comes after the form. */
const loadParts = () => import("./parts.js");

/** What stands there before the first run. */
function Idle() {
  return (
    <div class="idle">
      <p>
        <strong>Run</strong> trains a score network across the clients, each of which keeps the share of the network
        that its capacity allows, then draws samples and computes what their law can be told from the data’s by.
      </p>
      <p>While it works you see:</p>
      <ul>
        <li>samples on their way from noise to data,</li>
        <li>the training loss, and which client works,</li>
        <li>how many clients keep each neuron,</li>
        <li>the terms of the certificate, and the ends between which the error lies,</li>
        <li>
          of a table: its columns, real and synthetic ones one over the other, and how good the synthetic ones are.
        </li>
      </ul>
      <p class="note">
        The same config gives the same bytes of the model here and with <code>fedscore run --variant simd</code>.
      </p>
    </div>
  );
}
