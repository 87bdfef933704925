import * as z from "zod";
import { FedscoreError } from "../../errors.js";
import { describeProblems, firstProblems, type ObjectSchema } from "./problems.js";

/** What schemas take, once each: it takes milliseconds to say. */
const inputs = new WeakMap<z.ZodType, ObjectSchema>();

/**
 * A value that a schema accepts, with its defaults.
 * @param name what messages call the whole, "config".
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line per problem: `config.federation.capacities[2] must lie in (0, 1], got 1.2`.
 */
export function validated<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = describeProblems(name, value, parsed.error.issues, inputOf(schema));
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", firstProblems(problems), { problems });
}

function inputOf(schema: z.ZodType): ObjectSchema {
  const known = inputs.get(schema) ?? (z.toJSONSchema(schema, { io: "input" }) as ObjectSchema);
  inputs.set(schema, known);
  return known;
}
