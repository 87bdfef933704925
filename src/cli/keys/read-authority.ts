import * as z from "zod";
import { FedscoreError } from "../../errors.js";
import { readText } from "../../experiment/files/read-file.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { type Authority, streamsAccount, systemAccount } from "../../remote/keys/authority.js";
import { roleNames } from "../../remote/keys/role.js";

const account = z.strictObject({ seed: z.string(), jwt: z.string() });
const seconds = z.number().exactOptional();

const authority = z.strictObject({
  version: z.literal(1),
  operator: account,
  accounts: z
    .record(z.string(), account)
    .refine(
      (accounts) => systemAccount in accounts && streamsAccount in accounts,
      `must have ${systemAccount} and ${streamsAccount}`,
    ),
  users: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(roleNames),
      key: z.string(),
      issued: z.number(),
      expires: seconds,
      revoked: seconds,
    }),
  ),
});

/** What `fedscore keys` has written into a file. @throws FedscoreError FEDSCORE_FILE. */
export function readAuthority(path: string): Authority {
  const refused = (reason: string, cause?: unknown) =>
    new FedscoreError(
      "FEDSCORE_FILE",
      `${path} is not what fedscore keys init has written: ${reason}`,
      { path },
      cause,
    );
  const parsed = authority.safeParse(valueIn(readText(path), refused));
  if (parsed.success) return parsed.data;
  const [{ path: keys, message }] = parsed.error.issues;
  throw refused([keys.join("."), message].filter((each) => each !== "").join(": "));
}

function valueIn(text: string, refused: (reason: string, cause: unknown) => FedscoreError): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw refused(`line ${error.line}, column ${error.column}: ${error.message}`, error);
  }
}
