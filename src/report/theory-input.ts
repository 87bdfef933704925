/** The parts of result.json that the theory's sections show: structurally those of src/theory. Infinite or vacuous values are null. */

export interface ReportTerm {
  readonly value: number;
  /** One-sided upper confidence end. */
  readonly upper: number;
  readonly meaning: string;
}

export interface ReportAssumption {
  readonly statement: string;
  readonly met: boolean;
  readonly assumed?: true;
  readonly evidence: string;
}

/** An upper bound on KL, nats. */
export interface ReportBound {
  readonly name: string;
  readonly value: number | null;
  readonly upper: number | null;
  readonly bitsPerDimension: number | null;
  readonly confidence: number;
  readonly terms: Readonly<Record<string, ReportTerm>>;
  readonly assumptions: readonly ReportAssumption[];
  readonly samples: number;
  /** Which events may have been missed. */
  readonly caveat?: string;
  /** Why there is no value. */
  readonly vacuous?: string;
}

export interface ReportCertificate extends ReportBound {
  /** Per step of the sampler, where it starts: snr, and mmse there in squared data units. */
  readonly steps?: {
    readonly snr: readonly number[];
    readonly mmse: readonly number[];
    readonly score: readonly number[];
    readonly discretization: readonly number[];
  };
}

/** One line of the comparison of bounds on the same KL, nats; `reason` where it has no value. */
export interface ReportSandwichRow {
  readonly role: string;
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason: string | null;
}

export interface ReportSandwich {
  readonly rows: readonly ReportSandwichRow[];
  readonly notes: readonly string[];
}

/** The inequality on the gradients of training beside what was measured, in squared units of the training loss's gradient. */
export interface ReportGradient {
  readonly value: number | null;
  readonly vacuous?: string;
  readonly measured: number | null;
  readonly terms: Readonly<
    Record<string, { readonly value: number | null; readonly measured: number | null; readonly meaning: string }>
  >;
  readonly conditions: readonly ReportAssumption[];
  readonly constants: Readonly<Record<string, { readonly value: number | null; readonly how: string }>>;
  readonly perProbe: readonly {
    readonly round: number;
    readonly gradientSquared: number | null;
    readonly measured: Readonly<Record<string, number | null>>;
  }[];
}

export interface ReportApriori {
  readonly bound: ReportBound;
  readonly gradient: ReportGradient;
}
