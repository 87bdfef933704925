import { expect, test } from "vitest";
import { absenceWords } from "../../src/report/absences.js";
import { reportRounds } from "../support/report-input.js";

const rounds = reportRounds(3);
const absent = (client: number, reason: "late" | "lost" | "refused") => ({ client, reason });

test("absences are counted by reason, of all that were asked", () => {
  const [first, second, third] = rounds;
  const some = [
    { ...first, absent: [absent(1, "refused"), absent(3, "late")] },
    second,
    { ...third, absent: [absent(1, "refused")] },
  ];
  expect(absenceWords(some)).toBe("3 of 12: 1 late, 2 refused");
  expect(absenceWords(rounds)).toBeUndefined();
});
