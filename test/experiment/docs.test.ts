import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { policyJsonSchema } from "../../src/experiment/config/policy.js";
import { configJsonSchema } from "../../src/experiment/config/schema.js";
import { resultJsonSchema } from "../../src/experiment/result/schema.js";
import { sweepJsonSchema } from "../../src/experiment/sweep/config.js";
import { certificateBaseJsonSchema } from "../../src/experiment/sweep/jobs/certificate.js";
import { generatedDocs } from "../../tools/docs.mjs";

const schemas = {
  config: configJsonSchema(),
  sweep: sweepJsonSchema(),
  certificateBase: certificateBaseJsonSchema(),
  result: resultJsonSchema(),
  policy: policyJsonSchema(),
};

describe("generated docs", () => {
  test.each(Object.entries(generatedDocs(schemas)))("%s is up to date (npm run docs)", (path, content) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(content);
  });

  test.each(["config", "sweep", "certificateBase"] as const)("every key of a %s is described", (name) => {
    const missing: string[] = [];
    const visit = (path: string, schema: unknown): void => {
      if (typeof schema !== "object" || schema === null) return;
      for (const [key, inner] of Object.entries(schema)) {
        if (key === "properties") {
          for (const [name, property] of Object.entries(
            inner as Record<string, { description?: string; const?: string }>,
          )) {
            if (property.description === undefined && property.const === undefined) missing.push(`${path}.${name}`);
            visit(`${path}.${name}`, property);
          }
        } else visit(path, inner);
      }
    };
    visit(name, schemas[name]);
    expect(missing).toEqual([]);
  });
});
