import { FedscoreError } from "../errors.js";

/** Names of errors of the server that stay however often one asks. */
const finalNames = ["PermissionViolationError", "UserAuthenticationExpiredError", "AuthorizationError"];

/** Codes of Node where a certificate does not prove that the server is the one that was meant. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/**
 * FEDSCORE_DENIED where the server refuses who asks or what is asked, or where its own certificate is refused; undefined for other errors, which
 * may not come again.
 */
export function deniedError(error: unknown): FedscoreError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (cause instanceof FedscoreError && cause.code === "FEDSCORE_DENIED") return cause;
    const reason = reasonOf(cause);
    if (reason !== undefined) return new FedscoreError("FEDSCORE_DENIED", reason, detailsOf(cause), error);
  }
  return undefined;
}

function reasonOf(error: Error): string | undefined {
  const { name, message } = error;
  if (/authentication timeout/i.test(message)) return undefined;
  if (name === "PermissionViolationError")
    return `the server does not allow it to these credentials: ${message.split("\n")[0]}`;
  if (finalNames.includes(name) || /user authentication revoked/i.test(message))
    return `the server does not accept these credentials: ${message}`;
  if ("code" in error && untrusted.test(String(error.code)))
    return `the server's certificate is not trusted: ${message} (its authority: --tls-ca FILE)`;
  return undefined;
}

function detailsOf(error: Error): { readonly [key: string]: unknown } {
  const { operation, subject } = error as { readonly operation?: unknown; readonly subject?: unknown };
  return { ...(operation !== undefined && { operation }), ...(subject !== undefined && { subject }) };
}
