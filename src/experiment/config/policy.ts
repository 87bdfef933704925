import * as z from "zod";
import { type CompletePolicy, policyFields } from "../../remote/clients/policy.js";
import { settingsSchemas } from "./family.js";
import { validated } from "./validated.js";

/** What a client lets others ask of it, as a file says it. */
export const policySchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe("Address of the JSON schema, for editors."),
    ...settingsSchemas(policyFields),
  })
  .describe("Policy of `fedscore join`.");

/** @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line per problem. */
export function parsePolicy(value: unknown): CompletePolicy {
  const { $schema: _, ...policy } = validated("policy", policySchema, value);
  return policy;
}

/** The JSON schema of a policy as a person writes it. */
export function policyJsonSchema() {
  return z.toJSONSchema(policySchema, { io: "input" });
}
