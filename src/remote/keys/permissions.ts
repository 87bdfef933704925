import type { Export, Import, User } from "@nats-io/jwt";
import { inboxPrefix, ownApi, type Role, type Service, sharedApi } from "./role.js";
import { roles } from "./roles/index.js";

/** Largest message of a user, in bytes; what is larger travels in pieces. */
const payload = 2 ** 20;

/** What the server lets a user of a role do; nobody answers requests of others, so there are no permissions of responses. */
export function permissionsOf(role: Role, name: string): Partial<User> {
  const local = role.account === "fedscore" ? ({ subject }: Service) => subject : localSubject;
  return {
    pub: { allow: role.asks(name).map(local) },
    sub: { allow: [...role.hears, ...(role.hearsOfWorkers ?? []), `${inboxPrefix(role.name, name)}.>`] },
    payload,
    data: -1,
    subs: 1000,
    tags: [`role:${role.name}`],
  };
}

/** What an account of a role sees of the account with the streams and of that of workers, by their public keys. */
export function importsOf(role: Role, name: string, { streams, workers }: PublicKeys): Import[] {
  const services = role.asks(name).map((service): Import => {
    const { subject } = service;
    return { name: subject, subject, type: "service", account: streams, local_subject: localSubject(service) };
  });
  const stream = (account: string) => (subject: string) => ({
    name: subject,
    subject,
    type: "stream" as const,
    account,
  });
  return [...services, ...role.hears.map(stream(streams)), ...(role.hearsOfWorkers ?? []).map(stream(workers))];
}

/** What the account with the streams lets be imported, by accounts that its operator has signed. */
export function exportsOfStreams(): Export[] {
  const others = Object.values(roles).filter(({ account }) => account !== "fedscore");
  const services = others.flatMap((role) => role.asks(anyName).map((service) => serviceExport(service)));
  const all = [...services, ...others.flatMap(({ hears }) => hears.map(streamExport))];
  return [...new Map(all.map((each) => [`${each.type} ${each.subject}`, each])).values()];
}

/** What the account of workers lets be imported. */
export function exportsOfWorkers(): Export[] {
  return Object.values(roles).flatMap(({ hearsOfWorkers = [] }) => hearsOfWorkers.map(streamExport));
}

/** Public keys of the accounts of which others see something. */
export interface PublicKeys {
  readonly streams: string;
  readonly workers: string;
}

const anyName = "*";

function streamExport(subject: string): Export {
  return { name: subject, subject, type: "stream" };
}

function serviceExport({ subject, streams = false }: Service): Export {
  const pattern = subject
    .split(".")
    .map((token) => (token.endsWith(anyName) ? "*" : token))
    .join(".");
  return { name: pattern, subject: pattern, type: "service", response_type: streams ? "Stream" : "Singleton" };
}

function localSubject({ subject }: Service): string {
  return subject.startsWith(`${ownApi}.`) ? `${sharedApi}${subject.slice(ownApi.length)}` : subject;
}
