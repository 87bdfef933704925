import fc from "fast-check";

/** A law over random cases: one file of this folder, listed in its index. */
export interface FuzzProperty {
  /** The name of its file, by which `npm run fuzz -- NAME` knows it. */
  readonly name: string;
  /** The sentence that must hold. */
  readonly text: string;
  /** Cases in a normal test run: a few seconds. */
  readonly cases: number;
  /** Whether a case takes so long that the first that breaks the law is not made smaller, and that a plain `npm test` leaves it out. */
  readonly isSlow: boolean;
  /** Throws at the first case that breaks the law, shrunk; resolves to a sentence about the whole, or undefined. */
  run(plan: FuzzPlan): Promise<string | undefined>;
}

export interface FuzzPlan {
  readonly cases: number;
  /** The same seed gives the same cases. */
  readonly seed: number;
  /** Of a counterexample, as its message names it: only this case. */
  readonly path?: string;
  /** Called after each case with the number of cases done. */
  onCase?(done: number): void;
}

/** What the cases of one run share. */
export interface Trial<Case> {
  readonly arbitrary: fc.Arbitrary<Case>;
  /** Throws where the law is broken. */
  holds(each: Case): void | Promise<void>;
  /** After all cases: throws where they break the law as a whole, or gives a sentence about them. */
  end?(cases: number): string | Promise<string>;
  /** Frees what was opened, also after a failure. */
  close?(): void | Promise<void>;
}

/** A property; `open` makes what its cases share, engines for example, once a run. */
export function fuzzProperty<Case>(
  definition: Pick<FuzzProperty, "name" | "text" | "cases"> & {
    readonly isSlow?: boolean;
    open(): Trial<Case> | Promise<Trial<Case>>;
  },
): FuzzProperty {
  const { name, text, cases, isSlow = false } = definition;
  return {
    name,
    text,
    cases,
    isSlow,
    async run({ cases: numRuns, seed, path, onCase }) {
      const trial = await definition.open();
      let done = 0;
      const property = fc.asyncProperty(trial.arbitrary, async (each) => {
        await trial.holds(each);
        onCase?.(++done);
      });
      try {
        const which = path === undefined ? { numRuns, endOnFailure: isSlow } : { numRuns: 1, path, endOnFailure: true };
        const details = await fc.check(property, { seed, ...which });
        if (details.failed) throw failureOf(name, details);
        return path === undefined ? await trial.end?.(numRuns) : undefined;
      } finally {
        await trial.close?.();
      }
    },
  };
}

function failureOf<Case>(name: string, details: fc.RunDetails<[Case]>): Error {
  const { numRuns, seed, counterexample, counterexamplePath, numShrinks, errorInstance } = details;
  if (counterexample === null) return new Error(`${name}: no case could be judged`);
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return new Error(
    [
      `case ${numRuns} breaks the law: ${message}`,
      `counterexample, after ${numShrinks} shrinks: ${fc.stringify(counterexample[0])}`,
      `replay: npm run fuzz -- ${name} --seed ${seed} --path ${counterexamplePath}`,
    ].join("\n"),
    { cause: errorInstance },
  );
}
