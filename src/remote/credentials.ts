import { FedscoreError } from "../errors.js";
import { inboxPrefix, type RoleName, roleNames } from "./keys/role.js";

/** Who somebody is by the credentials that `fedscore keys add` has written. */
export interface Owner {
  readonly name: string;
  readonly role: RoleName;
  /** Beginning of the subjects where answers arrive. */
  readonly inboxPrefix: string;
}

/** Who has these credentials; undefined where they were made in another way. The server checks them, this does not. */
export function ownerOf(credentials: string): Owner | undefined {
  const [, token] = /BEGIN NATS USER JWT-----\s+([\w.-]+)/.exec(credentials) ?? [];
  const claims = token === undefined ? undefined : claimsIn(token);
  if (!claims) return undefined;
  const { name, nats } = claims;
  const { tags } = Object(nats);
  const role = roleNames.find((each) => Array.isArray(tags) && tags.includes(`role:${each}`));
  if (role === undefined || typeof name !== "string") return undefined;
  return { name, role, inboxPrefix: inboxPrefix(role, name) };
}

/** @throws FedscoreError FEDSCORE_DENIED where these are credentials of another role, which the server would refuse something later. */
export function requireRole(credentials: string | undefined, role: RoleName): void {
  const identity = ownerOf(credentials ?? "");
  if (identity === undefined || identity.role === role) return;
  const message = `the credentials of ${identity.name} are those of role ${identity.role}, not ${role}`;
  throw new FedscoreError("FEDSCORE_DENIED", message, { role: identity.role });
}

function claimsIn(token: string): { readonly name?: unknown; readonly nats?: unknown } | undefined {
  try {
    const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
