import { dealProfiles } from "../../federation/devices/deal-profiles.js";
import { completeProfiles } from "../../federation/devices/profile.js";
import { emptyTotals, withRound } from "../../federation/devices/virtual-totals.js";
import type { PreparedRun } from "../prepare/prepare-run.js";
import type { RunHistory } from "../result/history.js";
import type { ExperimentResult } from "../result/schema.js";

type Devices = NonNullable<ExperimentResult["devices"]>;
type DeviceClass = Devices["classes"][number];
type Participation = Omit<Extract<DeviceClass, { readonly asked: number }>, "name" | "share" | "clients" | "keepRatio">;

/**
 * Virtual time by cause and by kind of device; undefined where time is real.
 * @param isPrivate whether clients are protected: who took part is not told then.
 */
export function describeDevices(
  { devices, keepRatios }: PreparedRun,
  history: RunHistory,
  isPrivate: boolean,
): Devices | undefined {
  if (devices === undefined) return undefined;
  const rounds = history.perRound.flatMap(({ virtual }) => (virtual ? [virtual] : []));
  const { rounds: _, ...totals } = rounds.reduce(withRound, emptyTotals);
  const profiles = completeProfiles("profiles", devices.profiles);
  const dealt = dealProfiles(profiles, keepRatios.length);
  const classes = profiles.map(
    ({ name, share }, profile): DeviceClass => ({
      ...{ name, share },
      ...membersOf(keepRatios.filter((_, client) => dealt[client] === profile)),
      ...(!isPrivate && participationOf(history, (client) => dealt[client] === profile)),
    }),
  );
  return { ...totals, classes };
}

function membersOf(keepRatios: readonly number[]): Pick<DeviceClass, "clients" | "keepRatio"> {
  return { clients: keepRatios.length, keepRatio: keepRatios.reduce((most, ratio) => Math.max(most, ratio), 0) };
}

function participationOf(history: RunHistory, isOne: (client: number) => boolean): Participation {
  const members = history.state.clients.filter(({ id }) => isOne(id));
  const total = (amount: (client: (typeof members)[number]) => number) =>
    members.reduce((sum, client) => sum + amount(client), 0);
  const absences = history.perRound.flatMap(({ absent }) => absent.filter(({ client }) => isOne(client)));
  const late = absences.filter(({ reason }) => reason === "late").length;
  const [asked, sent] = [
    total(({ rounds }) => rounds),
    Math.max(
      1,
      total(({ virtual }) => virtual?.sent ?? 0),
    ),
  ];
  const isStale = members.some(({ virtual }) => virtual?.staleness !== undefined);
  return {
    asked,
    updates: asked - absences.length - history.dropped.filter(({ client }) => isOne(client)).length,
    ...{ late, lost: absences.length - late },
    download: total(({ virtual }) => virtual?.download ?? 0) / sent,
    compute: total(({ virtual }) => virtual?.compute ?? 0) / sent,
    upload: total(({ virtual }) => virtual?.upload ?? 0) / sent,
    ...(isStale && { staleness: total(({ virtual }) => virtual?.staleness ?? 0) / sent }),
  };
}
