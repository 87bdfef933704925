import type { LabRequest } from "./lab/messages.js";
import type { RunView } from "./run-view.js";
import { stageWords } from "./words.js";

type Ask = Extract<LabRequest, { readonly kind: "pause" | "resume" | "step" | "stop" }>["kind"];

/** What a run is at, and the buttons that hold and end it. */
export function Controls({ run, onAsk }: { readonly run: RunView; readonly onAsk: (kind: Ask) => void }) {
  const { status, held, stage } = run;
  const isRunning = status === "running";
  const isTraining = stage.name === "training" || stage.name === "reference";
  return (
    <div class="controls">
      <p class="stage" id="stage">
        {stageWords(run)}
      </p>
      {isRunning ? (
        <>
          <progress
            aria-labelledby="stage"
            {...(stage.total > 0 && { max: stage.total, value: Math.min(stage.done, stage.total) })}
          />
          <div class="buttons">
            <button type="button" onClick={() => onAsk(held ? "resume" : "pause")}>
              {held ? "Go on" : "Pause"}
            </button>
            <button type="button" disabled={!isTraining} onClick={() => onAsk("step")}>
              One round
            </button>
            <button type="button" onClick={() => onAsk("stop")}>
              Stop
            </button>
          </div>
        </>
      ) : null}
    </div>
  );
}
