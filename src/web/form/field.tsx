import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isObject, type Json, type JsonObject, type Path, valueAt } from "../json.js";
import { problemAt } from "./problems.js";
import { type Choice, type Control, controlOf, kindOf, type Schema, startingMember, titleOf } from "./schema.js";

/** What every field of the form is given. */
export interface FieldProps {
  /** Where it stands: a setting may be in the form twice. */
  readonly scope: string;
  readonly schema: Schema;
  readonly path: Path;
  readonly title: string;
  readonly config: JsonObject;
  readonly problems: readonly string[];
  readonly onChange: (path: Path, value: Json | undefined) => void;
  /** Kinds that the field does not offer. */
  readonly without?: ReadonlySet<string>;
  /** Whether the text that explains the field is shown. */
  readonly explained: boolean;
}

/** A setting of the config, as its schema says what it may be. */
export function Field(props: FieldProps) {
  const control = controlOf(props.schema);
  switch (control.kind) {
    case "group":
      return <Group {...props} properties={control.properties} />;
    case "optional":
      return <Optional {...props} properties={control.properties} />;
    case "member":
      return <Member {...props} choices={control.choices} />;
    case "members":
      return <Members {...props} choices={control.choices} />;
    case "names":
      return <Names {...props} options={control.options} />;
    default:
      return <Entry {...props} control={control} />;
  }
}

function idOf({ scope, path }: Pick<FieldProps, "scope" | "path">): string {
  return `${scope}-${path.join("-")}`;
}

interface LabelledProps extends FieldProps {
  readonly children: ComponentChildren;
  readonly text?: string | undefined;
}

/** A label, a control, what explains it and what is wrong with it. */
function Labelled(props: LabelledProps) {
  const { path, title, schema, problems, explained, children, text = schema.description } = props;
  const id = idOf(props);
  const problem = problemAt(problems, path);
  return (
    <div class="field">
      <label for={id}>{title}</label>
      {children}
      {explained && text ? (
        <small id={`${id}-text`} class="hint">
          {text}
        </small>
      ) : null}
      {problem !== undefined ? (
        <small id={`${id}-problem`} class="problem">
          {problem}
        </small>
      ) : null}
    </div>
  );
}

/** What a control says of itself to those who do not see what stands around it. */
function described(props: FieldProps, text = props.schema.description) {
  const { path, problems, explained } = props;
  const id = idOf(props);
  const problem = problemAt(problems, path) !== undefined;
  const ids = [...(explained && text ? [`${id}-text`] : []), ...(problem ? [`${id}-problem`] : [])];
  return { id, "aria-invalid": problem, ...(ids.length > 0 && { "aria-describedby": ids.join(" ") }) };
}

type EntryControl = Exclude<Control, { readonly kind: "group" | "optional" | "member" | "members" | "names" }>;

/** A setting in one line. */
function Entry(props: FieldProps & { readonly control: EntryControl }) {
  const { control, path, config, schema, onChange } = props;
  const value = valueAt(config, path);
  const about = described(props);
  if (control.kind === "boolean")
    return (
      <Labelled {...props}>
        <input
          {...about}
          type="checkbox"
          checked={(value ?? schema.default) === true}
          onChange={({ currentTarget }) => onChange(path, currentTarget.checked)}
        />
      </Labelled>
    );
  if (control.kind === "select") {
    const { options } = control;
    const absent = schema.default === undefined && value === undefined;
    return (
      <Labelled {...props}>
        <select
          {...about}
          value={String(value ?? schema.default ?? "")}
          onChange={({ currentTarget }) =>
            onChange(
              path,
              options.find((option) => String(option) === currentTarget.value),
            )
          }
        >
          {absent ? <option value="">as by default</option> : null}
          {options.map((option) => (
            <option key={String(option)} value={String(option)}>
              {String(option)}
            </option>
          ))}
        </select>
      </Labelled>
    );
  }
  return (
    <Labelled {...props}>
      <TextEntry
        about={about}
        control={control}
        value={value}
        absent={schema.default}
        onChange={(to) => onChange(path, to)}
      />
    </Labelled>
  );
}

interface TextEntryProps {
  readonly about: ReturnType<typeof described>;
  readonly control: EntryControl;
  readonly value: Json | undefined;
  readonly absent: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

/** A text that stands for a value. What is being written is kept as it is, until the value comes from elsewhere. */
function TextEntry({ about, control, value, absent, onChange }: TextEntryProps) {
  const [writing, setWriting] = useState<{ readonly text: string; readonly value: Json | undefined }>();
  const isSame = writing !== undefined && JSON.stringify(writing.value) === JSON.stringify(value);
  const isNumber = control.kind === "number" || control.kind === "integer";
  const isCode = control.kind === "numbers" || control.kind === "json";
  return (
    <input
      {...about}
      type="text"
      inputMode={isNumber ? "decimal" : "text"}
      autocomplete="off"
      spellcheck={false}
      class={isNumber || isCode ? "figures" : ""}
      placeholder={absent === undefined ? "as by default" : shownText(absent, control)}
      value={isSame ? writing.text : shownText(value, control)}
      onInput={({ currentTarget: { value: text } }) => {
        const read = readText(text, control);
        setWriting({ text, value: read });
        onChange(read);
      }}
    />
  );
}

function shownText(value: Json | undefined, control: EntryControl): string {
  if (value === undefined) return "";
  if (control.kind === "numbers" && Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a text says; what it may not say is left for the check of the whole config to name. */
function readText(text: string, control: EntryControl): Json | undefined {
  if (text.trim() === "") return undefined;
  if (control.kind === "text") return text;
  if (control.kind === "numbers")
    return text
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map(numberOrText);
  if (control.kind !== "json") return numberOrText(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numberOrText(text: string): Json {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** The fields of an object. */
function Group(props: FieldProps & { readonly properties: readonly (readonly [string, Schema])[] }) {
  const { properties, path, title } = props;
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      {properties.map(([key, schema]) => (
        <Field key={key} {...props} schema={schema} path={[...path, key]} title={titleOf(key)} />
      ))}
    </fieldset>
  );
}

/** The fields of an object that may be left out as a whole. */
function Optional(props: FieldProps & { readonly properties: readonly (readonly [string, Schema])[] }) {
  const { schema, path, config, title, onChange } = props;
  const value = valueAt(config, path) ?? schema.default;
  return (
    <>
      <Labelled {...props}>
        <input
          {...described(props)}
          type="checkbox"
          checked={value !== false}
          onChange={({ currentTarget }) => onChange(path, currentTarget.checked ? {} : false)}
        />
      </Labelled>
      {value === false ? null : <Group {...props} title={`${title}: settings`} />}
    </>
  );
}

/** A member of a family, and its settings. */
function Member(props: FieldProps & { readonly choices: readonly Choice[] }) {
  const { choices, path, config, schema, onChange, without } = props;
  const value = valueAt(config, path) ?? schema.default;
  const kind = kindOf(value);
  const chosen = choices.find((choice) => choice.kind === kind);
  const namesAlone = choices.some((choice) => choice.schema === undefined);
  const text = chosen?.text || (namesAlone ? "" : schema.description);
  const settings = Object.entries(chosen?.schema?.properties ?? {}).filter(([key]) => key !== "kind");
  const change = (to: string) => {
    const choice = choices.find((each) => each.kind === to);
    onChange(path, choice && startingMember(choice, namesAlone));
  };
  /** A name alone becomes an object with its first setting. */
  const changeSetting: FieldProps["onChange"] = (at, to) =>
    at.length === path.length + 1 && typeof value === "string" && to !== undefined
      ? onChange(path, { kind: value, [String(at[at.length - 1])]: to })
      : onChange(at, to);
  return (
    <>
      <Labelled {...props} text={text} explained>
        <select
          {...described({ ...props, explained: true }, text)}
          value={kind ?? ""}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        >
          {kind === undefined ? <option value="">as by default</option> : null}
          {choices
            .filter((choice) => !without?.has(choice.kind) || choice.kind === kind)
            .map((choice) => (
              <option key={choice.kind} value={choice.kind}>
                {choice.kind}
              </option>
            ))}
        </select>
      </Labelled>
      {settings.length > 0 ? (
        <Settings key={kind} {...props} kind={kind ?? ""} settings={settings} onChange={changeSetting} />
      ) : null}
    </>
  );
}

interface SettingsProps extends FieldProps {
  readonly kind: string;
  readonly settings: readonly (readonly [string, Schema])[];
}

/** The settings of a member: those that the config says, and the others below. */
function Settings(props: SettingsProps) {
  const { kind, settings, path, config, problems } = props;
  const value = valueAt(config, path);
  const isSaid = ([key, schema]: readonly [string, Schema]) =>
    schema.default === undefined && props.schema.required?.includes(key)
      ? true
      : (isObject(value) && Object.hasOwn(value, key)) || problemAt(problems, [...path, key]) !== undefined;
  // Where a field stands must not change under the hands of who writes in it.
  const [said] = useState(() => new Set(settings.filter(isSaid).map(([key]) => key)));
  const field = ([key, schema]: readonly [string, Schema]) => (
    <Field key={key} {...props} schema={schema} path={[...path, key]} title={titleOf(key)} />
  );
  const [first, others] = [settings.filter(([key]) => said.has(key)), settings.filter(([key]) => !said.has(key))];
  return (
    <fieldset class="settings">
      <legend class={first.length > 0 ? "" : "visually-hidden"}>{`Settings of ${kind}`}</legend>
      {first.map(field)}
      {others.length > 0 ? (
        <details>
          <summary>{first.length > 0 ? "More settings" : `Settings of ${kind}`}</summary>
          {others.map(field)}
        </details>
      ) : null}
    </fieldset>
  );
}

/** Members of a family, in their order. */
function Members(props: FieldProps & { readonly choices: readonly Choice[] }) {
  const { choices, path, title, config, schema, onChange } = props;
  const value = valueAt(config, path) ?? schema.default ?? [];
  const entries: readonly Json[] = Array.isArray(value) ? value : [];
  const [first] = choices;
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      {schema.description ? <small class="hint">{schema.description}</small> : null}
      {entries.map((entry, index) => (
        <div class="entry" key={index}>
          <Member
            {...props}
            schema={{}}
            path={[...path, index]}
            title={`${title} ${index + 1}${isObject(entry) ? "" : ", not an object"}`}
            choices={choices}
          />
          <button
            type="button"
            class="quiet"
            onClick={() => onChange(path, [...entries.slice(0, index), ...entries.slice(index + 1)])}
          >
            Remove {title.toLowerCase()} {index + 1}
          </button>
        </div>
      ))}
      <button type="button" class="quiet" onClick={() => onChange(path, [...entries, startingMember(first, false)])}>
        Add one
      </button>
    </fieldset>
  );
}

/** Some of the names of a family. */
function Names(props: FieldProps & { readonly options: readonly string[] }) {
  const { options, path, title, config, schema, onChange } = props;
  const value = valueAt(config, path) ?? schema.default ?? [];
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <fieldset class="group names">
      <legend>{title}</legend>
      {schema.description ? <small class="hint">{schema.description}</small> : null}
      {options.map((name) => (
        <label key={name} class="name">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={({ currentTarget }) => {
              const names = options.filter((each) => (each === name ? currentTarget.checked : chosen.includes(each)));
              onChange(path, names.length === 0 && schema.default === undefined ? undefined : names);
            }}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
