/** The names of what is measured of a round, in the order of columns. */
export const metricNames = [
  ...["loss", "heldOutLoss", "seconds", "participants", "dropped", "absent", "flops"],
  ...["bytesDown", "bytesUp", "wireBytesDown", "wireBytesUp"],
] as const;

/** A round as metrics have it. */
export interface MetricsRow {
  readonly stage: "training" | "reference";
  /** From 0. */
  readonly round: number;
  /** When it ended, in seconds since 1970. */
  readonly time: number;
  /** By the names of `metricNames`; what a round has not is left out. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** A file of metrics that grows with each round: its beginning, and what a round adds. */
export interface MetricsFormat {
  readonly name: string;
  /** In the folder of the run. */
  readonly file: string;
  /** @param time when the file begins, in seconds since 1970. */
  begin(time: number): Uint8Array;
  row(row: MetricsRow): Uint8Array;
}
