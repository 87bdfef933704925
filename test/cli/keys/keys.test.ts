import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ownerOf } from "../../../src/remote/credentials.js";
import { callCli, temporaryFolder } from "../support.js";

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => remove());

const keys = (...args: string[]) => callCli(["keys", ...args, "--folder", join(folder, "keys")]);
const mode = (path: string) => statSync(join(folder, "keys", path)).mode & 0o777;
const text = (path: string) => readFileSync(join(folder, "keys", path), "utf8");

describe("fedscore keys", () => {
  test("init: secrets for their owner alone, in folders that nobody else looks into; what goes to the server has no signing key", async () => {
    expect(await keys("init", "--host", "nats.example.org", "10.0.0.1", "::1")).toMatchObject({ code: 0, stderr: "" });
    for (const path of ["authority.json", "ca-key.pem", "server/server-key.pem"]) expect(mode(path), path).toBe(0o600);
    for (const path of [".", "server", "users"]) expect(mode(path), path).toBe(0o700);
    expect(text("server/nats-server.conf")).toBe(readFileSync("deploy/nats-server.conf", "utf8"));
    const seeds = text("authority.json").match(/"S[OAU][A-Z2-7]{56}"/g) ?? [];
    expect(seeds).toHaveLength(5);
    for (const seed of seeds) expect(text("server/keys.conf")).not.toContain(JSON.parse(seed));
  });

  test("nothing is replaced without --overwrite", async () => {
    await keys("init", "--host", "localhost");
    await keys("add", "node", "--role", "worker");
    const before = [text("authority.json"), text("users/node.creds")];
    expect(await keys("init", "--host", "localhost")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--overwrite replaces it"),
    });
    expect((await keys("add", "node", "--role", "worker")).code).toBe(2);
    expect([text("authority.json"), text("users/node.creds")]).toEqual(before);
    expect((await keys("add", "node", "--role", "worker", "--overwrite")).code).toBe(0);
    expect(text("users/node.creds")).not.toBe(before[1]);
    const listed = JSON.parse((await keys("list", "--json")).stdout);
    expect(listed.map(({ revoked }: { revoked?: number }) => revoked === undefined)).toEqual([false, true]);
  });

  test("credentials that were taken to their machine are not revoked without --overwrite", async () => {
    await keys("init", "--host", "localhost");
    await keys("add", "node", "--role", "worker");
    rmSync(join(folder, "keys/users/node.creds"));
    const before = text("authority.json");
    expect(await keys("add", "node", "--role", "worker")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/node has credentials, which are not at .*node\.creds any more; --overwrite/),
    });
    expect(text("authority.json")).toBe(before);
    expect((await keys("add", "node", "--role", "worker", "--overwrite")).code).toBe(0);
    expect(JSON.parse(text("authority.json")).users).toMatchObject([{ revoked: expect.any(Number) }, { name: "node" }]);
  });

  test("add, list, revoke: credentials say who they are of; a revoked name is free again", async () => {
    await keys("init", "--host", "localhost");
    const { stdout } = await keys("add", "hospital-a", "--role", "client", "--days", "30");
    expect(stdout).toContain("keys push");
    expect(ownerOf(text("users/hospital-a.creds"))).toEqual({
      ...{ name: "hospital-a", role: "client", inboxPrefix: "_INBOX.client-hospital-a" },
    });
    expect(mode("users/hospital-a.creds")).toBe(0o600);
    expect((await keys("list")).stdout).toMatch(/hospital-a +client +[\d-]+ +good until/);
    expect((await keys("revoke", "hospital-a")).code).toBe(0);
    expect((await keys("list")).stdout).toMatch(/hospital-a +client +[\d-]+ +revoked/);
    expect((await keys("revoke", "hospital-a")).code).toBe(2);
  });

  test.each([
    [["add", "a.b", "--role", "client"], "name must be"],
    [["add", "x".repeat(65), "--role", "client"], "name must be"],
    [["add", "*", "--role", "client"], "name must be"],
    [["add", "a", "--role", "admin"], "Allowed choices"],
    [["add", "a", "--role", "client", "--days", "0"], "integer"],
    [["certificate", "--host", "a b"], "name or an address"],
    [["certificate", "--host", "a:4222"], "without a port"],
  ])("%j is refused", async (args, message) => {
    await keys("init", "--host", "localhost");
    expect(await keys(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test.each([
    ["{", "line 1, column 2"],
    ['{"version": 2}', "version"],
    ['{"version": 1, "operator": {"seed": "S", "jwt": "J"}, "accounts": {}, "users": []}', "accounts: must have"],
  ])("keys that were changed are refused: %s", async (changed, reason) => {
    await keys("init", "--host", "localhost");
    writeFileSync(join(folder, "keys", "authority.json"), changed);
    const { code, stderr } = await keys("list");
    expect(code).toBe(2);
    expect(stderr).toContain("is not what fedscore keys init has written");
    expect(stderr).toContain(reason);
  });

  test("without keys it says how to make them", async () => {
    expect(await keys("list")).toMatchObject({ code: 2, stderr: expect.stringContaining("fedscore keys init") });
  });
});
