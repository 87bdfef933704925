import { useState } from "preact/hooks";
import { formatBytes, formatInteger, plural, runtime } from "../report/format.js";
import { verdictOf } from "../report/verdict.js";
import { download } from "./download.js";
import { type RunFile, runFiles } from "./lab/messages.js";
import type { RunView } from "./run-view.js";
import { labSections } from "./sections/index.js";

interface RunPanelProps {
  readonly run: RunView;
  readonly fileOf: (name: RunFile) => Promise<Uint8Array<ArrayBuffer> | string> | undefined;
}

/** A run, section by section. */
export function RunPanel({ run, fileOf }: RunPanelProps) {
  const { facts, error, status, result } = run;
  return (
    <>
      {error ? (
        <div class="alert" role="alert">
          <strong>The run ended with an error</strong>
          {error.message.split("\n").map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p class="note">{error.code}</p>
        </div>
      ) : null}
      {result ? <p class="verdict">{verdictOf(result)}</p> : null}
      {facts ? (
        <p class="note facts">
          {formatInteger(facts.trainRows)} training rows of {plural(facts.dimension, "number")},{" "}
          {formatInteger(facts.heldOutRows)} held out; {plural(facts.clients.length, "client")}; a network of{" "}
          {formatInteger(facts.parameters)} parameters; {plural(facts.environment.workers, "worker")} in{" "}
          {runtime(facts.environment)}.
        </p>
      ) : null}
      {status === "done" ? <Downloads key={run.id} run={run} fileOf={fileOf} /> : null}
      <div class="sections">
        {labSections
          .filter((section) => section.has(run))
          .map(({ id, title, View }) => (
            <section key={id} class={`part ${id}`} aria-labelledby={`${id}-heading`}>
              <h3 id={`${id}-heading`}>{title}</h3>
              <View run={run} />
            </section>
          ))}
      </div>
    </>
  );
}

const types: Readonly<Record<RunFile, string>> = {
  "model.safetensors": "application/octet-stream",
  "synthetic.csv": "text/csv",
  "synthetic.schema.json": "application/json",
  "samples.npy": "application/octet-stream",
  "report.html": "text/html",
};

function isOffered(name: RunFile, { config, hasSamples }: RunView): boolean {
  if (name.startsWith("synthetic") && config.data.kind !== "table") return false;
  return hasSamples || !["samples.npy", "synthetic.csv"].includes(name);
}

/** The files that fedscore run would have written. */
function Downloads({ run, fileOf }: RunPanelProps) {
  const [said, setSaid] = useState("");
  const give = async (name: RunFile) => {
    setSaid(`Making ${name} …`);
    try {
      const content = await fileOf(name);
      if (content === undefined) return;
      download(`${run.config.name}-${name}`, content, types[name]);
      setSaid(`${name}, ${formatBytes(content.length)}`);
    } catch (error) {
      setSaid(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const offered = runFiles.filter((name) => isOffered(name, run));
  return (
    <div class="downloads">
      <h3>Download</h3>
      <div class="buttons">
        {offered.map((name) => (
          <button key={name} type="button" onClick={() => void give(name)}>
            {name}
          </button>
        ))}
        <button
          type="button"
          onClick={() => {
            download(`${run.config.name}-result.json`, `${JSON.stringify(run.result, null, 2)}\n`, "application/json");
            setSaid("result.json");
          }}
        >
          result.json
        </button>
        <button
          type="button"
          onClick={() => {
            download(`${run.config.name}.json`, `${JSON.stringify(run.written, null, 2)}\n`, "application/json");
            setSaid("config");
          }}
        >
          config.json
        </button>
      </div>
      <p class="said" role="status">
        {said}
      </p>
    </div>
  );
}
