import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dealProfiles } from "../../../src/federation/devices/deal-profiles.js";
import { completeProfiles } from "../../../src/federation/devices/profile.js";
import { readDeviceProfiles } from "../../../src/federation/devices/read-profiles.js";

const phone = { name: "phone", flopsPerSecond: 5e10, memoryBytes: 1e9, uplink: 1.4e6, downlink: 4.5e6 };
const read = (text: string) => readDeviceProfiles(new TextEncoder().encode(text), "fleet.csv");
const header = "name,uplink,downlink,flopsPerSecond,memoryBytes,availability";

describe("profiles", () => {
  it("have a share and an availability of 1 unless they say so", () => {
    expect(completeProfiles("profiles", [phone])).toEqual([{ ...phone, share: 1, availability: 1 }]);
  });

  it.each([
    ["profiles", [], "must have at least one profile"],
    ["profiles[0].uplink", [{ ...phone, uplink: 0 }], "must lie in (0, inf)"],
    ["profiles[0].availability", [{ ...phone, availability: 1.5 }], "must lie in (0, 1]"],
    ["profiles[1].name", [phone, phone], "must be the only one of its name"],
    ["profiles[0].memoryByte", [{ ...phone, memoryByte: 1 }], 'is not known (did you mean "memoryBytes"?)'],
  ])("are refused at %s", (argument, profiles, rule) => {
    expect(() => completeProfiles("profiles", profiles)).toThrow(`${argument} ${rule}`);
  });

  it("are read from a CSV file, whose columns may stand in any order", () => {
    const rows = read(`# a fleet\n${header}\nphone,1.4e6,4.5e6,5e10,1000000000,\n"board (old)",1e4,1e4,1e8,5e8,0.5\n`);
    expect(rows).toEqual([
      { ...phone, share: 1, availability: 1 },
      {
        ...{ name: "board (old)", share: 1, availability: 0.5 },
        ...{ uplink: 1e4, downlink: 1e4, flopsPerSecond: 1e8, memoryBytes: 5e8 },
      },
    ]);
  });

  it.each([
    ["", "line 1: expected a header of name, share"],
    [header, "line 1: expected profiles below it"],
    [`${header},uplnk\nphone,1,1,1,1,1,1`, 'line 1: expected the column uplink, found "uplnk"'],
    [`${header},uplink\nphone,1,1,1,1,1,1`, "line 1: expected each column once"],
    [`${header}\nphone,1,1,1,1`, "line 2: expected 6 fields"],
    [`${header}\nphone,fast,1,1,1,1`, 'line 2, column uplink: expected a number that lies in (0, inf), found "fast"'],
    [`${header}\nphone,,1,1,1,1`, "line 2, column uplink: expected a number"],
    [`${header}\nphone,1,1,1,1.5,1`, "line 2, column memoryBytes: expected an integer >= 1"],
    [`${header}\nphone,1,1,1,1,1\nphone,1,1,1,1,1`, "line 3, column name: expected another name in each row"],
  ])("a file is refused with line and column: %j", (text, message) => {
    expect(() => read(text)).toThrow(`fleet.csv, ${message}`);
  });

  it("are dealt so that the first clients of any number have the shares as nearly as may be", () => {
    const shares = fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 200 }), (given, clients) => {
        const total = given.reduce((a, b) => a + b);
        const dealt = dealProfiles(
          given.map((share) => ({ share })),
          clients,
        );
        const counts = given.map((_, profile) => dealt.filter((each) => each === profile).length);
        expect(counts.reduce((a, b) => a + b)).toBe(clients);
        // Of k profiles one may be ahead by almost 1, and behind by what the others are ahead.
        for (const [profile, share] of given.entries()) {
          expect(counts[profile] - (share / total) * clients).toBeLessThan(1);
          expect((share / total) * clients - counts[profile]).toBeLessThan(given.length);
        }
      }),
      { seed: 16, numRuns: 200 },
    );
    expect([...dealProfiles([{ share: 3 }, { share: 2 }, { share: 1 }], 6)]).toEqual([0, 1, 0, 2, 1, 0]);
  });
});
