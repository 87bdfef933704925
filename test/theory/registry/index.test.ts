import { describe, expect, it } from "vitest";
import { theorems } from "../../../src/theory/registry/index.js";

describe("theorem registry", () => {
  it.each(Object.entries(theorems))(
    "%s says what it claims, under which assumptions, and where its proof is",
    (id, theorem) => {
      expect(theorem.id).toBe(id);
      for (const text of [theorem.title, theorem.statement, theorem.source, theorem.notes]) {
        expect(text.trim()).toBe(text);
        expect(text.length).toBeGreaterThan(10);
      }
      expect(theorem.assumptions.length).toBeGreaterThan(0);
    },
  );

  it("prints numbers only for bounds that are proved here: the literature leaves its constants open", () => {
    for (const { status, explicitConstants } of Object.values(theorems)) {
      expect(explicitConstants).toBe(status === "proved here");
    }
  });

  it("says which proof is disputed, and that the project's own bound does without the disputed term", () => {
    const disputed = Object.values(theorems).filter(({ status }) => status === "disputed");
    expect(disputed.map(({ id }) => id)).toEqual(["submission-9547"]);
    expect(theorems["pruned-training"].notes).toMatch(/disputed.*theta_0.*no such term/);
    expect(theorems["pruned-training"].statement).not.toMatch(/\|theta_0\|/);
  });
});
