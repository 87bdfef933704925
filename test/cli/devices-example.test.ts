import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { callCli, temporaryFolder } from "./support.js";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

test("examples/devices.json takes the virtual time that fedscore plan says, in total, by cause and by kind of device", async () => {
  const example = fileURLToPath(new URL("../../examples/devices.json", import.meta.url));
  const shorter = ["--set", "training.rounds=6", "--set", "certificate=false", "--set", "evaluation.divergences=[]"];
  const planned = await callCli(["plan", example, "--json", ...shorter]);
  expect(planned).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^\{/) });
  const ran = await callCli(["run", example, "--out", "out", ...shorter], folder);
  expect(ran.code).toBe(0);
  const { devices } = JSON.parse(readFileSync(join(folder, "out", "result.json"), "utf8"));
  const plan = JSON.parse(planned.stdout);
  for (const cause of ["seconds", "download", "compute", "upload", "waiting"])
    expect(devices[cause], cause).toBeCloseTo(plan.virtual[cause], 9);
  const shown = ({ name, clients, keepRatio, asked, updates }: Record<string, unknown>) => ({
    ...{ name, clients, keepRatio, asked, updates },
  });
  expect(devices.classes.map(shown)).toEqual(plan.classes.map(shown));
});
