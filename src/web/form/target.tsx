import { useRef, useState } from "preact/hooks";
import { mnistData, starterConfig, targetData } from "../../experiment/init/starter.js";
import { type TargetKind, targetKinds } from "../../targets/index.js";
import { asJson, type JsonObject, valueAt } from "../json.js";
import type { DroppedFile } from "../lab/messages.js";
import { fileWords, type Survey } from "../survey.js";
import { Field, type FieldProps } from "./field.js";
import { configForm, kindOf, schemaAt } from "./schema.js";

/** Rows that clients hold elsewhere take another command. */
const withoutClients = new Set(["clients"]);

interface TargetProps extends Pick<FieldProps, "config" | "problems" | "onChange"> {
  readonly files: readonly DroppedFile[];
  /** What the last file turned out to be. */
  readonly survey: Survey | undefined;
  readonly onFile: (file: DroppedFile) => void;
  /** Takes data, transforms and name of another config. */
  readonly onData: (config: JsonObject) => void;
}

/** The data of a run: a law to draw from, or a file that stays in the page. */
export function Target({ config, problems, onChange, files, survey, onFile, onData }: TargetProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const schema = schemaAt(configForm, ["data"]);
  const take = async (list: FileList | null | undefined) => {
    const file = list?.[0];
    if (!file) return;
    onFile({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  const change: FieldProps["onChange"] = (path, value) => {
    const kind = kindOf(value);
    if (path.length > 1 || kind === undefined) return onChange(path, value);
    if (isTarget(kind)) return onData(asJson(starterConfig(targetData(kind))));
    if (kind === mnistData.name) return onData(asJson(starterConfig(mnistData)));
    onChange(path, value);
  };
  const path = valueAt(config, ["data", "path"]);
  const missing = typeof path === "string" && !files.some(({ name }) => name === path);
  return (
    <fieldset
      class={over ? "target over" : "target"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files);
      }}
    >
      {schema ? (
        <Field
          {...{ schema, config, problems }}
          scope="main"
          path={["data"]}
          title="Target"
          onChange={change}
          without={withoutClients}
          explained={false}
        />
      ) : null}
      <div class="drop">
        <label for="data-file">
          Or a file of rows: CSV, NPY, NPZ, IDX
          <small class="hint">Choose it, or drop it here. It stays in this page and is sent nowhere.</small>
        </label>
        <input
          id="data-file"
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,.npy,.npz,.idx,.gz,.safetensors,.bin,*"
          onChange={({ currentTarget }) => void take(currentTarget.files)}
        />
        <p class={survey?.isProblem || missing ? "problem" : "hint"} role="status">
          {fileWords(survey, files, typeof path === "string" ? path : undefined)}
        </p>
      </div>
    </fieldset>
  );
}

function isTarget(kind: string): kind is TargetKind {
  return targetKinds.some((each) => each === kind);
}
