import { expect, it } from "vitest";
import { RecentKeys } from "../../../src/remote/clients/recent-keys.js";

it("remembers the last keys, and no more than twice as many as it must", () => {
  const keys = new RecentKeys(3);
  for (let key = 0; key < 100; key++) {
    keys.add(String(key));
    for (let last = Math.max(0, key - 2); last <= key; last++) expect(keys.has(String(last))).toBe(true);
    expect(keys.has(String(key - 6))).toBe(false);
  }
});
