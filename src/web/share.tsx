import { useState } from "preact/hooks";
import { download } from "./download.js";
import type { JsonObject } from "./json.js";

interface ShareProps {
  readonly config: JsonObject;
  readonly linkOf: (config: JsonObject) => string;
}

/** The config to keep and to send. */
export function Share({ config, linkOf }: ShareProps) {
  const [said, setSaid] = useState<{ readonly text: string; readonly link?: string }>();
  const copy = async () => {
    const link = linkOf(config);
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      setSaid({ text: "The link is copied: whoever opens it has these settings, not your data." });
    } catch {
      setSaid({ text: "Copy the link from here: whoever opens it has these settings, not your data.", link });
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <button
        type="button"
        onClick={() =>
          download(
            `${String(config.name ?? "config")}.json`,
            `${JSON.stringify(config, null, 2)}\n`,
            "application/json",
          )
        }
      >
        Save config
      </button>
      <p class="said" role="status">
        {said?.text}
        {said?.link ? <input type="text" readOnly aria-label="Link to these settings" value={said.link} /> : null}
      </p>
    </>
  );
}
