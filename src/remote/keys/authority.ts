import type { Account, OperatorLimits } from "@nats-io/jwt";
import { ArgumentError } from "../../errors.js";
import { requireClientName } from "../clients/names.js";
import { loadJwt } from "./packages.js";
import { exportsOfStreams, exportsOfWorkers, importsOf, type PublicKeys, permissionsOf } from "./permissions.js";
import { type RoleName, roleNames } from "./role.js";
import { roles } from "./roles/index.js";

/** An account: its seed, which is secret, and the JWT by which servers know it. */
export interface AccountKeys {
  readonly seed: string;
  readonly jwt: string;
}

export interface KeyUser {
  readonly name: string;
  readonly role: RoleName;
  /** Public key. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly issued: number;
  readonly expires?: number;
  readonly revoked?: number;
}

/** All that signs, and whom it has signed. Who has this can be anybody. */
export interface Authority {
  readonly version: 1;
  readonly operator: AccountKeys;
  /** By name: SYSTEM, fedscore, one for each role that shares one, one for each client. */
  readonly accounts: { readonly [name: string]: AccountKeys };
  readonly users: readonly KeyUser[];
}

export const systemAccount = "system";
export const streamsAccount = "fedscore";
const workersAccount = "workers";

const unlimited: OperatorLimits = {
  ...{ conn: -1, leaf: 0, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true },
};
const withStreams: OperatorLimits = { ...unlimited, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** Connections of one client at the same time. */
const clientConnections = 16;

/** A new operator with the accounts that every server has. */
export async function createAuthority(): Promise<Authority> {
  const { createOperator, createAccount, encodeOperator } = await loadJwt();
  const operatorKey = createOperator();
  const names = [systemAccount, streamsAccount, ...sharedAccounts()];
  const seeds = Object.fromEntries(names.map((name) => [name, textOf(createAccount().getSeed())]));
  const jwt = await encodeOperator("fedscore", operatorKey, {
    system_account: await publicKeyOf(seeds[systemAccount]),
  });
  const operator = { seed: textOf(operatorKey.getSeed()), jwt };
  const empty: Authority = { version: 1, operator, accounts: {}, users: [] };
  return signAccounts(empty, seeds);
}

/**
 * A user of a role; one with the same name is replaced, its key revoked.
 * @param days until the credentials expire; default: never.
 * @returns the text of the credentials, which are nowhere else, and whether servers must be told of it.
 */
export async function addUser(
  authority: Authority,
  given: { readonly name: string; readonly role: RoleName; readonly days?: number | undefined },
): Promise<{ readonly authority: Authority; readonly credentials: string; readonly accountsChanged: boolean }> {
  const { name, role, days } = given;
  requireClientName("name", name);
  const { createUser, createAccount, encodeUser, fmtCreds, fromSeed } = await loadJwt();
  const account = accountOf(role, name);
  const revoked = standingKeys(authority, name).length > 0 ? await revokeUser(authority, name) : authority;
  const seed = revoked.accounts[account]?.seed;
  const known =
    seed === undefined ? await signAccounts(revoked, { [account]: textOf(createAccount().getSeed()) }) : revoked;
  const key = createUser();
  const issued = seconds();
  const expires = days === undefined ? undefined : issued + Math.round(days * 86_400);
  const issuer = fromSeed(bytesOf(known.accounts[account].seed));
  const claims = permissionsOf(roles[role], name);
  const jwt = await encodeUser(name, key, issuer, claims, expires === undefined ? {} : { exp: expires });
  const user: KeyUser = { name, role, key: key.getPublicKey(), issued, ...(expires !== undefined && { expires }) };
  return {
    authority: { ...known, users: [...known.users, user] },
    credentials: textOf(fmtCreds(jwt, key)),
    accountsChanged: known !== authority,
  };
}

/** Keys of this name that were not revoked. */
export function standingKeys({ users }: Authority, name: string): readonly KeyUser[] {
  return users.filter((user) => user.name === name && user.revoked === undefined);
}

/** Ends what the credentials of a user are good for, once servers are told. @throws FedscoreError FEDSCORE_INVALID_ARGUMENT where nobody has the name. */
export async function revokeUser(authority: Authority, name: string): Promise<Authority> {
  const revoked = seconds();
  const meant = standingKeys(authority, name);
  if (meant.length === 0) throw new ArgumentError("name", "must be of a user whose credentials stand", name);
  const users = authority.users.map((user) => (meant.includes(user) ? { ...user, revoked } : user));
  const changed = meant.map((user) => accountOf(user.role, user.name));
  const seeds = Object.fromEntries(changed.map((account) => [account, authority.accounts[account].seed]));
  return signAccounts({ ...authority, users }, seeds);
}

/** Credentials for the server itself, which are kept nowhere: for one connection that tells it of accounts. */
export async function systemCredentials(authority: Authority): Promise<string> {
  const { createUser, encodeUser, fmtCreds, fromSeed } = await loadJwt();
  const key = createUser();
  const issuer = fromSeed(bytesOf(authority.accounts[systemAccount].seed));
  const jwt = await encodeUser("fedscore-keys", key, issuer, {}, { exp: seconds() + 300 });
  return textOf(fmtCreds(jwt, key));
}

/** The public keys of the accounts with their JWTs. */
export async function publicAccounts(authority: Authority): Promise<readonly (readonly [string, string])[]> {
  const all = Object.values(authority.accounts);
  return Promise.all(all.map(async ({ seed, jwt }) => [await publicKeyOf(seed), jwt] as const));
}

export async function publicKeyOf(seed: string): Promise<string> {
  return (await loadJwt()).fromSeed(bytesOf(seed)).getPublicKey();
}

function sharedAccounts(): string[] {
  return roleNames.filter((name) => roles[name].account === "shared").map((name) => accountOf(name, ""));
}

/** The account of a user. */
function accountOf(role: RoleName, name: string): string {
  const { account } = roles[role];
  if (account === "fedscore") return streamsAccount;
  return account === "shared" ? `${role}s` : `${role}-${name}`;
}

/** Signs accounts anew, with what is revoked. */
async function signAccounts(authority: Authority, seeds: { readonly [name: string]: string }): Promise<Authority> {
  const { encodeAccount, fromSeed } = await loadJwt();
  const signer = fromSeed(bytesOf(authority.operator.seed));
  const publicKey = (name: string) => publicKeyOf(seeds[name] ?? authority.accounts[name].seed);
  const keys = { streams: await publicKey(streamsAccount), workers: await publicKey(workersAccount) };
  const signed = Object.entries(seeds).map(async ([name, seed]) => {
    const claims = claimsOf(authority, name, keys);
    const jwt = await encodeAccount(name, fromSeed(bytesOf(seed)), claims, { signer });
    return [name, { seed, jwt }] as const;
  });
  return { ...authority, accounts: { ...authority.accounts, ...Object.fromEntries(await Promise.all(signed)) } };
}

function claimsOf({ users }: Authority, account: string, keys: PublicKeys): Partial<Account> {
  const revoked = users.filter(({ role, name }) => accountOf(role, name) === account);
  const revocations = Object.fromEntries(
    revoked.flatMap(({ key, revoked: time }) => (time === undefined ? [] : [[key, time]])),
  );
  const common = { limits: unlimited, revocations };
  if (account === systemAccount) return common;
  if (account === streamsAccount) return { ...common, limits: withStreams, exports: exportsOfStreams() };
  const role = roleNames.find((name) => account === `${name}s` || account.startsWith(`${name}-`));
  if (role === undefined) return common;
  const name = account.slice(role.length + 1);
  const limits = roles[role].account === "own" ? { ...unlimited, conn: clientConnections } : unlimited;
  const exports = account === workersAccount ? exportsOfWorkers() : [];
  return { ...common, limits, exports, imports: importsOf(roles[role], name, keys) };
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
