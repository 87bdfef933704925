/** `disputed`: someone who reviewed the proof in public doubts a step of it. */
export type TheoremStatus = "proved here" | "from the literature" | "disputed";

/** A bound that the code evaluates or prints: what it says, under which assumptions, where its proof is. */
export interface Theorem {
  /** Its key in the registry: what a Bound refers to. */
  readonly id: string;
  readonly title: string;
  /** Plain-text mathematics in the symbols of docs/theory.md; KL in nats. */
  readonly statement: string;
  readonly assumptions: readonly string[];
  /** False where the source leaves a universal constant open: such a bound gives rates, never numbers. */
  readonly explicitConstants: boolean;
  /** Paper and theorem or equation; "docs/theory.md, section" where the proof stands there. */
  readonly source: string;
  readonly status: TheoremStatus;
  readonly notes: string;
}
