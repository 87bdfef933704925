type Outcome = { readonly kernels: readonly string[] } | { readonly skipped: string };

/** What docs/platforms.json has, as far as tests look at it. */
export interface PlatformResults {
  readonly bytes: { readonly model: string; readonly samples: string };
  readonly runtimes: readonly { readonly platform: string; readonly version: string; readonly outcome: Outcome }[];
  readonly pages: readonly {
    readonly page: string;
    readonly version: string;
    readonly outcomes: Readonly<Record<string, Outcome>>;
  }[];
}
export declare function results(): PlatformResults;
export declare function platformPages(found: PlatformResults): Record<string, string>;
