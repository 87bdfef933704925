/** The parts of a run, in the order they happen; `reference` only where the config asks for it. */
export type Stage =
  | "data"
  | "training"
  | "reference"
  | "grid"
  | "calibration"
  | "sampling"
  | "evaluation"
  | "judges"
  | "table"
  | "certificate"
  | "interval"
  | "bounds"
  | "law"
  | "writing";

/** What a run tells while it works. */
export type ProgressEvent =
  /** A stage begins at `done` of `total` units; total 0 where its length is not known. */
  | { readonly kind: "stage"; readonly stage: Stage; readonly done: number; readonly total: number }
  /** A round of training, of the federation or of the reference, is complete. */
  | {
      readonly kind: "round";
      readonly stage: "training" | "reference";
      /** Number of complete rounds. */
      readonly done: number;
      readonly total: number;
      /** Absent where clients or their records are protected. */
      readonly loss?: number;
      readonly participants: number;
      /** Participants that gave no update. */
      readonly absent: number;
      /** Clients trained per second of this stage, now. */
      readonly clientsPerSecond: number;
      readonly secondsLeft: number;
    }
  /** A stage without rounds has come further. */
  | { readonly kind: "advance"; readonly stage: Stage; readonly done: number; readonly total: number }
  /** One sentence for the reader. */
  | { readonly kind: "note"; readonly text: string };

/** Called with each event of a run; it should return soon. */
export type ProgressListener = (event: ProgressEvent) => void;

/** Tells that a stage begins; what it returns tells how much of it is done. */
export function beginStage(
  onProgress: ProgressListener,
  stage: Stage,
  total = 0,
  begun = 0,
): (done: number, of?: number) => void {
  onProgress({ kind: "stage", stage, done: begun, total });
  return (done, of = total) => onProgress({ kind: "advance", stage, done, total: of });
}
