import type { ClientAssignment } from "../../federation/messages.js";

/** Least and most of what the clients of a round were assigned. Plain data. */
export interface AssignedRange {
  /** Number of clients. */
  readonly clients: number;
  readonly localSteps: Extremes;
  readonly weight: Extremes;
}

/** Each with the first client that has it. */
export interface Extremes {
  readonly least: OfClient;
  readonly most: OfClient;
}

export interface OfClient {
  readonly client: number;
  readonly value: number;
}

export function assignedRange(assignments: readonly ClientAssignment[]): AssignedRange {
  return {
    clients: assignments.length,
    localSteps: extremesOf(assignments.map(({ client, localSteps }) => ({ client, value: localSteps }))),
    weight: extremesOf(assignments.map(({ client, weight }) => ({ client, value: weight }))),
  };
}

function extremesOf(each: readonly OfClient[]): Extremes {
  return {
    least: each.reduce((least, next) => (next.value < least.value ? next : least)),
    most: each.reduce((most, next) => (next.value > most.value ? next : most)),
  };
}
