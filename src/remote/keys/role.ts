export const roleNames = ["coordinator", "worker", "client", "observer"] as const;
export type RoleName = (typeof roleNames)[number];

/** What others than the coordinator call the API of JetStream, which the server answers for each account by itself. */
export const sharedApi = "fedscore.api";

/** The API of JetStream of the account that a connection is in. */
export const ownApi = "$JS.API";

/** Something that a user may ask for by a subject, with or without an answer. */
export interface Service {
  /** Subject in the account of the coordinator. */
  readonly subject: string;
  /** Whether there are several answers, as to a request for messages. */
  readonly streams?: boolean;
}

/**
 * Who somebody is to the server, and the least that they need. The server delivers an answer to whatever subject the asker names, as if it had
 * written there itself, and does not look at what the asker may write: whoever may ask for anything in an account can write anything in it, and
 * delete its streams. So only the coordinator is in the account that has the streams. The others are in accounts of their own, which
 * see of it what is listed here and nothing else; there an answer goes astray where the asker may write anyway.
 */
export interface Role {
  readonly name: RoleName;
  readonly text: string;
  /** The account with the streams; one that all of the role share; or one for each user, who is nobody to the others. */
  readonly account: "fedscore" | "shared" | "own";
  /** What a user of this name may ask for or publish. */
  asks(name: string): readonly Service[];
  /** What of the account with the streams a user may subscribe to, beside the inbox. */
  readonly hears: readonly string[];
  /** What of the account that workers share; the server does not hand on what came as a `Service`. */
  readonly hearsOfWorkers?: readonly string[];
}

/** Beginning of the subjects where answers to a user arrive; nobody else of the account may listen there. */
export function inboxPrefix(role: RoleName, name: string): string {
  return `_INBOX.${role}-${name}`;
}
