import { requireInteger } from "../../errors.js";
import type { DeviceProfile } from "./profile.js";

/**
 * Which profile each client has, uint32 [clients]: every client gets the profile that is furthest behind its share of the clients so far, the
 * first of several. So the first n clients of any n have the shares as nearly as whole clients can, and a client's device says nothing of its rows.
 */
export function dealProfiles(
  profiles: readonly Pick<DeviceProfile, "share">[],
  clients: number,
): Uint32Array<ArrayBuffer> {
  requireInteger("clients", clients, 1);
  const total = profiles.reduce((sum, { share }) => sum + share, 0);
  const counts = new Float64Array(profiles.length);
  return Uint32Array.from({ length: clients }, (_, client) => {
    let next = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [profile, { share }] of profiles.entries()) {
      const behind = (share / total) * (client + 1) - counts[profile];
      if (behind > most) [next, most] = [profile, behind];
    }
    counts[next]++;
    return next;
  });
}
