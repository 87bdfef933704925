import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { renderReport } from "../../src/report/index.js";
import { reportResult, reportRounds } from "../support/report-input.js";

const configOf = (federation: object) =>
  parseConfig({ name: "ring", data: { kind: "ring" }, federation: { clients: 4, ...federation } });

const sectionOf = (html: string, id: string) => parseHTML(html).document.querySelector(`section#${id}`);

const rowsOf = (section: Element | null) =>
  [...(section?.querySelectorAll("tbody tr") ?? [])].map((row) => [...row.children].map((cell) => cell.textContent));

describe("the section of the aggregation", () => {
  const aggregation = { kind: "krum", attackers: 0 };
  const attack = { kind: "sign-flip", clients: 1 };
  const plain = reportResult();
  const shares = [0.75, 0.25, 0, 1];
  const perRound = reportRounds(12).map((round) => ({ ...round, leftOut: round.round % 5 < 3 ? [1, 2] : [2] }));
  const clients = plain.clients.map((client, id) => ({ ...client, share: shares[id] }));
  const weighed = { clients, training: { ...plain.training, perRound } };

  it("is not there where nothing but the mean was taken", () => {
    const html = renderReport(plain);
    expect([sectionOf(html, "aggregation"), sectionOf(html, "attack")]).toEqual([null, null]);
  });

  it("says the rule, and who was left out when, least used first", () => {
    const html = renderReport(reportResult({ ...weighed, config: configOf({ aggregation }) }));
    const section = sectionOf(html, "aggregation");
    expect(section?.textContent).toContain("Rule: krum, attackers 0. The one update that lies closest to its nearest");
    expect(rowsOf(section)).toEqual([
      ["2", "0 %", "12", "0–11"],
      ["1", "25 %", "8", "0–2, 5–7, 10–11"],
      ["0", "75 %", "0", ""],
      ["3", "100 %", "0", ""],
    ]);
    expect(sectionOf(html, "attack")).toBeNull();
  });

  it("names attackers, and the page begins with what they make of the model", () => {
    const warning = "1 of the clients attacked this run because its config says so";
    const attacked = { attack: { kind: "sign-flip" as const, clients: [2], warning } };
    const config = configOf({ aggregation, attack });
    const html = renderReport(reportResult({ ...weighed, ...attacked, config }));
    const { document } = parseHTML(html);
    expect(document.querySelector("section")?.id).toBe("attack");
    expect(sectionOf(html, "attack")?.querySelector("strong")?.textContent).toBe(`${warning}.`);
    expect(sectionOf(html, "attack")?.textContent).toContain("Attack: sign-flip; clients 2.");
    expect(rowsOf(sectionOf(html, "aggregation")).map(([client, attacks]) => [client, attacks])).toEqual([
      ["2", "yes"],
      ["1", "no"],
      ["0", "no"],
      ["3", "no"],
    ]);
    const mean = sectionOf(renderReport(reportResult({ ...attacked, config: configOf({ attack }) })), "aggregation");
    expect(mean?.textContent).toContain("Rule: mean; attack: sign-flip, clients 1, scale 4.");
  });
});
