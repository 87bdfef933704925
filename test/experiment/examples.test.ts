import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/experiment/files/read-config.js";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));

describe("examples", () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith(".json")))("%s is a valid config", (name) => {
    const path = join(folder, name);
    const { config } = readConfig(path);
    expect(`${config.name}.json`).toBe(name);
    expect(existsSync(resolve(dirname(path), config.$schema ?? ""))).toBe(true);
  });
});
