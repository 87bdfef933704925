import { ArgumentError, requireArray } from "../../errors.js";
import { type Filled, filledSettings, type Given } from "../../family.js";
import { integer, number, required, text } from "../../fields.js";
import { keysOf, requireOptions } from "../../options.js";

/** What may be said of a kind of device: the columns of a CSV file of profiles. */
export const profileFields = {
  name: text(
    /^[\p{L}\p{N}_][\p{L}\p{N}_ .()+-]{0,99}$/u,
    "must be a name of letters, digits, blanks, dots, plus signs, dashes and parentheses, at most 100",
    required,
    "What the kind of device is called.",
  ),
  share: number("(0, inf)", 1, "How many of the clients are such devices, in proportion to the other profiles."),
  flopsPerSecond: number("(0, inf)", required, "Multiply-adds x 2 that it does in a second of training."),
  memoryBytes: integer("[1, inf)", required, "Bytes of memory that training may take."),
  uplink: number("(0, inf)", required, "Bytes a second to the server."),
  downlink: number("(0, inf)", required, "Bytes a second from the server."),
  availability: number("(0, 1]", 1, "Probability that it is there when it is asked."),
};

/** A kind of device, as a person writes it. */
export type DeviceProfileOptions = Given<typeof profileFields>;

/** A kind of device. */
export type DeviceProfile = Filled<typeof profileFields>;

const profileKeys = keysOf<DeviceProfileOptions>({
  name: true,
  share: true,
  flopsPerSecond: true,
  memoryBytes: true,
  uplink: true,
  downlink: true,
  availability: true,
});

/**
 * Profiles with all their defaults.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range, such as profiles[1].uplink.
 */
export function completeProfiles(argument: string, given: readonly DeviceProfileOptions[]): readonly DeviceProfile[] {
  requireArray(argument, given);
  if (given.length === 0) throw new ArgumentError(argument, "must have at least one profile", given);
  const profiles = given.map((profile, index) => {
    const place = `${argument}[${index}]`;
    return filledSettings(profileFields, place, requireOptions(place, profile, profileKeys));
  });
  const seen = new Set<string>();
  for (const [index, { name }] of profiles.entries()) {
    if (seen.has(name)) throw new ArgumentError(`${argument}[${index}].name`, "must be the only one of its name", name);
    seen.add(name);
  }
  return profiles;
}
