import type { TableField } from "../../tables/schema/field.js";
import type { Overrule, SurveyedColumn } from "../lab/table-survey.js";
import { fieldTypes, guessWords, isLeftOut, typeOf, withKept, withType } from "./column-words.js";

interface ColumnRowProps {
  readonly id: string;
  readonly column: SurveyedColumn;
  readonly overrule: Overrule;
  readonly problem: string | undefined;
  readonly onOverrule: (overrule: Overrule) => void;
}

/** A column: what was guessed of it, what is wrong with it, and what a person may say otherwise. */
export function ColumnRow({ id, column, overrule, problem, onOverrule }: ColumnRowProps) {
  const { name, field } = column;
  const [leftOut, chosen] = [isLeftOut(column, overrule), typeOf(column, overrule)];
  const described = `${id}-text${problem === undefined ? "" : ` ${id}-problem`}`;
  return (
    <li class={leftOut ? "column left-out" : "column"}>
      <label class="name">
        <input
          type="checkbox"
          checked={!leftOut}
          aria-describedby={described}
          onChange={({ currentTarget }) => onOverrule(withKept(overrule, column, currentTarget.checked))}
        />
        <span>
          <span class="visually-hidden">Keep </span>
          {name}
        </span>
      </label>
      <select
        aria-label={`Type of ${name}`}
        aria-describedby={described}
        aria-invalid={problem !== undefined}
        disabled={leftOut}
        value={chosen}
        onChange={({ currentTarget }) => {
          const type = fieldTypes.find((each) => each === currentTarget.value);
          if (type) onOverrule(withType(overrule, column, type));
        }}
      >
        {fieldTypes.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>
      {isDate(field) && !leftOut ? (
        <input
          type="text"
          class="format figures"
          aria-label={`Format of ${name}, in directives of strptime`}
          aria-describedby={described}
          aria-invalid={problem !== undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={field.type === "date" ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ"}
          value={field.format ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onOverrule(withType(overrule, column, field.type, value === "" ? undefined : value))
          }
        />
      ) : null}
      <small id={`${id}-text`} class="hint">
        {guessWords(column)}
      </small>
      {problem === undefined ? null : (
        <small id={`${id}-problem`} class="problem">
          {problem}
        </small>
      )}
    </li>
  );
}

function isDate(field: TableField): field is Extract<TableField, { readonly type: "date" | "datetime" }> {
  return field.type === "date" || field.type === "datetime";
}
