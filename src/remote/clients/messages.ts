import { decodeMessage, encodeMessage } from "../codec.js";
import {
  fieldOf,
  identityIn,
  integerIn,
  listIn,
  objectIn,
  type Payload,
  payloadIn,
  refused,
  textIn,
} from "../protocol.js";
import { isClientName } from "./names.js";
import type { StatisticName } from "./policy.js";

/** Rows that a client trains on, and that it holds out. */
export interface RowCounts {
  readonly rows: number;
  readonly heldOut: number;
}

/** What a client says each second. */
export interface Hello {
  readonly name: string;
  /** Identity of its process: another one has to be told of the run again. */
  readonly session: string;
  readonly version: string;
  /** Of its rows of numbers; 0 where it has none. */
  readonly rows: number;
  readonly heldOut: number;
  readonly dimension: number;
  /** Of the table that it holds, if it holds one. */
  readonly table?: RowCounts;
  /** Statistics that its policy gives. */
  readonly gives: readonly StatisticName[];
  /** Clients that it stands for, where it is an aggregator; rows are those of all of them. */
  readonly members?: number;
}

export const statisticNames = ["moments", "loss", "classes", "summary"] as const satisfies readonly StatisticName[];

/** What a client may be asked for. */
const questionKinds = ["open", "train", ...statisticNames, "members", "block"] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** What a client may be sent: a question, or word that the run is over, which wants no answer. */
const taskKinds = [...questionKinds, "end"] as const;
export type TaskKind = (typeof taskKinds)[number];

export interface TaskMessage {
  readonly run: string;
  /** What the answer must repeat: who has not read the task does not know it. A function of its content and of a secret of the run. */
  readonly task: string;
  readonly kind: TaskKind;
  readonly body: Payload;
}

/** What becomes of a task. */
export type AnswerOutcome =
  | { readonly kind: "value"; readonly value: Payload }
  /** By the client's policy or version, or because it failed. */
  | { readonly kind: "refused"; readonly reason: string };

export interface AnswerMessage {
  readonly run: string;
  readonly client: string;
  readonly task: string;
  readonly outcome: AnswerOutcome;
}

/** Most rows that a client says it has: it is believed, and they may be the weight of its updates. */
const mostRows = 2 ** 32 - 1;

/** Most clients that an aggregator stands for. */
export const mostMembers = 2 ** 20;

/** Most bytes of a sign of life. */
const mostHello = 1 << 14;

/** Most bytes of a task or an answer, whose data are stored elsewhere where they are more. */
const mostBytes = 2 ** 20;

/** Longest reason that a client gives. */
export const longestReason = 400;

export const encode: (message: Hello | TaskMessage | AnswerMessage) => Uint8Array = encodeMessage;

/** @throws FedscoreError FEDSCORE_MESSAGE, as all that read messages here. */
export function readHello(bytes: Uint8Array): Hello {
  const message = objectIn(decodeMessage(bytes, mostHello));
  return {
    name: nameIn(message, "name"),
    session: identityIn(message, "session"),
    version: textIn(message, "version", 64),
    ...countsIn(message),
    dimension: integerIn(message, "dimension", 2 ** 20),
    gives: statisticNames.filter((name) => listIn(message, "gives").includes(name)),
    ...("table" in message && { table: countsIn(objectIn(fieldOf(message, "table"))) }),
    ...("members" in message && { members: integerIn(message, "members", mostMembers) }),
  };
}

function countsIn(message: object): RowCounts {
  return { rows: integerIn(message, "rows", mostRows), heldOut: integerIn(message, "heldOut", mostRows) };
}

/** What clients of a run hold: rows of numbers, or tables. */
export type HeldKind = "numbers" | "table";

/** How many rows a client has of a kind. */
export function rowsHeld(hello: Hello | undefined, kind: HeldKind): RowCounts {
  return (kind === "table" ? hello?.table : hello) ?? { rows: 0, heldOut: 0 };
}

export function readTask(bytes: Uint8Array): TaskMessage {
  const message = objectIn(decodeMessage(bytes, mostBytes));
  const kind = taskKinds.find((each) => each === fieldOf(message, "kind"));
  if (kind === undefined) throw refused("is no task of a known kind");
  return {
    run: identityIn(message, "run"),
    task: identityIn(message, "task"),
    kind,
    body: payloadIn(message, "body"),
  };
}

export function readAnswer(bytes: Uint8Array): AnswerMessage {
  const message = objectIn(decodeMessage(bytes, mostBytes));
  return {
    run: identityIn(message, "run"),
    client: nameIn(message, "client"),
    task: identityIn(message, "task"),
    outcome: outcomeOf(objectIn(fieldOf(message, "outcome"))),
  };
}

function outcomeOf(outcome: object): AnswerOutcome {
  const kind = textIn(outcome, "kind", 16);
  if (kind === "value") return { kind, value: payloadIn(outcome, "value") };
  if (kind === "refused") return { kind, reason: shownText(textIn(outcome, "reason", longestReason)) };
  throw refused("has an outcome of no known kind");
}

/** A text of somebody else, without what would look like something else where it is shown. */
export function shownText(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
}

function nameIn(message: object, key: string): string {
  const name = textIn(message, key, 64);
  if (isClientName(name)) return name;
  throw refused(`names no client in ${key}`);
}
