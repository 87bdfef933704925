import * as z from "zod";
import { adaptiveClipFields, clientPrivacyFields } from "../../federation/client-privacy/settings.js";
import { recordPrivacyFields } from "../../network/privacy.js";
import { settingsSchemas, unionOf } from "./family.js";
import { numberIn } from "./rules.js";

/** What every kind of privacy is measured by. */
const guarantee = {
  delta: numberIn("(0, 1)").meta({
    description:
      "delta of (epsilon, delta)-differential privacy: below one over the number of clients, or of records, that are protected.",
    examples: [1e-5],
  }),
  epsilon: numberIn("(0, inf)")
    .exactOptional()
    .describe(
      "Most that training may spend: it ends before the round that would exceed it. Default: all rounds are run, and the result says what they spent.",
    ),
};

const client = z
  .strictObject({
    kind: z.literal("client"),
    ...settingsSchemas(clientPrivacyFields),
    adaptive: z
      .strictObject(settingsSchemas(adaptiveClipFields))
      .exactOptional()
      .describe("Lets C follow a quantile of the updates' norms (arXiv 1905.03871). Default: C stays what it is."),
    ...guarantee,
  })
  .describe(
    "Protects each client as a whole: its update is clipped, and noise comes to the sum of a round at the server, which is trusted (arXiv 1710.06963).",
  );

const record = z
  .strictObject({
    kind: z.literal("record"),
    ...settingsSchemas(recordPrivacyFields),
    noiseMultiplier: numberIn("[1e-100, 1e100]").describe(
      "z: standard deviation, in units of C, of the noise on each parameter of a step's sum of clipped gradients.",
    ),
    ...guarantee,
  })
  .describe(
    "Protects each record of each client, from the server too: gradients of records are clipped, and noise comes to the sum of a step at the client (arXiv 1607.00133).",
  );

export const privacySchema = unionOf({ client, record }).describe(
  "Differential privacy of the training. Default: none.",
);

/** How training is private. */
export type PrivacyConfig = z.output<typeof privacySchema>;

/** What must not be beside privacy: each would give away what the noise hides. */
interface Unprotected {
  readonly privacy?: { readonly kind: string } | undefined;
  readonly federation: { readonly nonFinite: string; readonly weighting: string };
  readonly reference: { readonly dense: boolean };
  readonly apriori?: unknown;
  readonly evaluation: { readonly judges?: unknown };
}

/** Issues of a config whose run would tell of the training rows without noise. */
export function unprotectedIn(config: Unprotected): z.core.$ZodRawIssue[] {
  const { privacy, federation, reference, apriori, evaluation } = config;
  if (privacy === undefined) return [];
  const issue = (message: string, path: readonly string[], input: unknown): z.core.$ZodRawIssue => ({
    ...{ code: "custom", message, input, path: [...path] },
  });
  const { nonFinite, weighting } = federation;
  return [
    ...(privacy.kind === "client" && nonFinite !== "drop"
      ? [
          issue(
            "must be drop beside privacy: whether the run goes on would tell of a client's update",
            ["federation", "nonFinite"],
            nonFinite,
          ),
        ]
      : []),
    ...(privacy.kind === "client" && weighting !== "uniform"
      ? [
          issue(
            'must be "uniform" where clients are protected: numbers of rows would tell of them',
            ["federation", "weighting"],
            weighting,
          ),
        ]
      : []),
    ...(reference.dense
      ? [
          issue(
            "must be false beside privacy: the reference trains on the pooled rows without noise",
            ["reference", "dense"],
            true,
          ),
        ]
      : []),
    ...(apriori
      ? [
          issue(
            "must be left out beside privacy: it measures gradients of the clients' rows without noise",
            ["apriori"],
            apriori,
          ),
        ]
      : []),
    ...(evaluation.judges
      ? [
          issue(
            "must be left out beside privacy: their classifier is trained on the training rows without noise",
            ["evaluation", "judges"],
            evaluation.judges,
          ),
        ]
      : []),
  ];
}
