import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { DroppedFile } from "../lab/page-file.js";

interface FileDropProps {
  readonly id: string;
  readonly class: string;
  readonly label: string;
  readonly accept: string;
  /** What became of the file that was chosen. */
  readonly status: string;
  readonly isProblem: boolean;
  readonly onFile: (file: DroppedFile) => void;
  /** Stands before the choice of a file. */
  readonly before?: ComponentChildren;
  /** Stands behind it. */
  readonly children?: ComponentChildren;
}

/** A part of the form that takes a file, chosen or dropped anywhere on it. */
export function FileDrop(props: FileDropProps) {
  const { id, label, accept, status, isProblem, onFile, before, children } = props;
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined) => {
    const content = list?.[0];
    if (content) onFile({ name: content.name, content });
  };
  return (
    <fieldset
      class={over ? `${props.class} over` : props.class}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      {before}
      <div class="drop">
        <label for={id}>
          {label}
          <small class="hint">Choose it, or drop it here. It stays in this page and is sent nowhere.</small>
        </label>
        <input
          id={id}
          type="file"
          accept={accept}
          // A file that was mended can be chosen again.
          onClick={({ currentTarget }) => {
            currentTarget.value = "";
          }}
          onChange={({ currentTarget }) => take(currentTarget.files)}
        />
        <p class={isProblem ? "problem" : "hint"} role="status">
          {status}
        </p>
      </div>
      {children}
    </fieldset>
  );
}
