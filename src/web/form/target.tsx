import { mnistData, starterConfig, targetData } from "../../experiment/init/starter.js";
import { type TargetKind, targetKinds } from "../../targets/index.js";
import { asJson, type JsonObject, valueAt } from "../json.js";
import type { DroppedFile } from "../lab/page-file.js";
import { fileWords, type Survey } from "../survey.js";
import { tablePath } from "../table/table-setup.js";
import { Field, type FieldProps } from "./field.js";
import { FileDrop } from "./file-drop.js";
import { configForm, kindOf, type Schema, schemaAt } from "./schema.js";

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
  const schema = schemaAt(configForm, ["data"]);
  const change: FieldProps["onChange"] = (path, value) => {
    const kind = kindOf(value);
    if (path.length > 1 || kind === undefined) return onChange(path, value);
    if (isTarget(kind)) return onData(asJson(starterConfig(targetData(kind))));
    if (kind === mnistData.name) return onData(asJson(starterConfig(mnistData)));
    onChange(path, value);
  };
  const named = valueAt(config, ["data", "path"]);
  const path = typeof named === "string" && tablePath(config) === undefined ? named : undefined;
  const missing = path !== undefined && !files.some(({ name }) => name === path);
  return (
    <FileDrop
      id="data-file"
      class="target"
      label="Or a file of rows: CSV, NPY, NPZ, IDX"
      accept=".csv,.tsv,.txt,.npy,.npz,.idx,.gz,.safetensors,.bin,*"
      status={fileWords(survey, files, path)}
      isProblem={survey?.isProblem === true || missing}
      onFile={onFile}
      before={
        schema ? (
          <Field
            {...{ config, problems }}
            schema={withoutTableSettings(schema)}
            scope="main"
            path={["data"]}
            title="Target"
            onChange={change}
            without={withoutClients}
            explained={false}
          />
        ) : null
      }
    />
  );
}

/** What is set below the choice of a table. */
const tableSettings = new Set(["path", "schema", "onInvalid", "clientColumn", "predict"]);

function withoutTableSettings(schema: Schema): Schema {
  const { oneOf = [] } = schema;
  const members = oneOf.map((member) => {
    const { properties = {} } = member;
    if (properties.kind?.const !== "table") return member;
    const kept = Object.entries(properties).filter(([key]) => !tableSettings.has(key));
    return { ...member, properties: Object.fromEntries(kept) };
  });
  return { ...schema, oneOf: members };
}

function isTarget(kind: string): kind is TargetKind {
  return targetKinds.some((each) => each === kind);
}
