import { FedscoreError } from "../../errors.js";
import { connect } from "../connect.js";
import type { ServerOptions } from "../server-options.js";
import { type Authority, publicAccounts, systemCredentials } from "./authority.js";

const subject = "$SYS.REQ.CLAIMS.UPDATE";

/** Milliseconds that a server has to answer. */
const patience = 10_000;

/**
 * Tells a running server of all accounts, and of what is revoked; it closes the connections of whom that concerns.
 * @returns how many accounts it was told of.
 * @throws FedscoreError FEDSCORE_WORKER, FEDSCORE_DENIED.
 */
export async function pushAccounts(
  authority: Authority,
  options: Pick<ServerOptions, "server" | "tls">,
): Promise<number> {
  const credentials = await systemCredentials(authority);
  const connection = await connect({ ...options, credentials, name: "fedscore keys" });
  try {
    const accounts = await publicAccounts(authority);
    for (const [key, jwt] of accounts) {
      const answer = await connection.request(subject, jwt, { timeout: patience });
      requireTaken(answer.json(), key);
    }
    return accounts.length;
  } finally {
    await connection.close();
  }
}

function requireTaken(answer: unknown, account: string): void {
  const { data } = Object(answer);
  if (Object(data).code === 200) return;
  const { description = "no reason given" } = Object(Object(answer).error);
  throw new FedscoreError("FEDSCORE_DENIED", `the server does not take account ${account}: ${description}`, {
    account,
  });
}
