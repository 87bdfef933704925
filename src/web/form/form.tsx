import { useState } from "preact/hooks";
import { configOf, type JsonObject } from "../json.js";
import { Field, type FieldProps } from "./field.js";
import { configForm, type Schema, schemaAt, titleOf } from "./schema.js";
import { apart, shown } from "./shown.js";

type FormProps = Pick<FieldProps, "config" | "problems" | "onChange">;

/** The settings that most runs differ in. */
export function MainSettings(props: FormProps) {
  return (
    <div class="settings-main">
      {shown.map(({ path, title }) => {
        const schema = schemaAt(configForm, path);
        return schema ? (
          <Field key={title} {...props} scope="main" schema={schema} path={path} title={title} explained={false} />
        ) : null;
      })}
    </div>
  );
}

/** All that a config can say, section by section. */
export function AllSettings(props: FormProps) {
  return (
    <details class="all-settings">
      <summary>All settings</summary>
      {Object.entries(configForm.properties ?? {})
        .filter(([key]) => !apart.has(key))
        .map(([key, schema]) => (
          <Section key={key} {...props} name={key} schema={schema} />
        ))}
    </details>
  );
}

/** Its fields are made when it is opened: there are hundreds of them. */
function Section({ name, schema, ...props }: FormProps & { readonly name: string; readonly schema: Schema }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{titleOf(name)}</summary>
      {open ? <Field {...props} scope="all" schema={schema} path={[name]} title={titleOf(name)} explained /> : null}
    </details>
  );
}

/** The whole config as text, for those who would rather write it. */
export function ConfigText({ config, onConfig }: ConfigTextProps) {
  // What was written stays until it can be read.
  const [draft, setDraft] = useState<Draft>();
  const take = (text: string) => {
    try {
      onConfig(configOf(text));
      setDraft(undefined);
    } catch (error) {
      setDraft({ text, problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const problem = draft?.problem;
  return (
    <details class="config-text">
      <summary>Config as JSON</summary>
      <label for="config-text" class="visually-hidden">
        Config as JSON
      </label>
      <textarea
        id="config-text"
        rows={18}
        spellcheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby="config-text-problem"
        value={draft?.text ?? JSON.stringify(config, null, 2)}
        onInput={({ currentTarget }) => setDraft({ text: currentTarget.value })}
        onChange={({ currentTarget }) => take(currentTarget.value)}
      />
      <small id="config-text-problem" class={problem === undefined ? "hint" : "problem"}>
        {problem === undefined
          ? "What fedscore run reads. Every key is explained in docs/config.md."
          : `${problem}. Until it is mended, Run takes the config as it was before.`}
      </small>
      {problem === undefined ? null : (
        <button type="button" class="quiet" onClick={() => setDraft(undefined)}>
          Discard this text
        </button>
      )}
    </details>
  );
}

interface ConfigTextProps {
  readonly config: JsonObject;
  readonly onConfig: (config: JsonObject) => void;
}

interface Draft {
  readonly text: string;
  /** Once it was tried. */
  readonly problem?: string;
}
