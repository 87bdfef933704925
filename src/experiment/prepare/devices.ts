import type { DevicesOptions } from "../../federation/devices/options.js";
import { readDeviceProfiles } from "../../federation/devices/read-profiles.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { RunInput } from "../input.js";

/**
 * The devices of a config, whose profiles may be a file; undefined where it has none.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA.
 */
export function devicesOf({ federation: { devices } }: ExperimentConfig, input: RunInput): DevicesOptions | undefined {
  if (devices === undefined) return undefined;
  const { profiles, ...settings } = devices;
  if (typeof profiles !== "string") return { ...settings, profiles };
  const bytes = input.read(profiles, "config.federation.devices.profiles: ");
  return { ...settings, profiles: readDeviceProfiles(bytes, profiles) };
}
