import { type CalendarPart, calendarPeriods } from "../schema/calendar.js";

/** Coordinates of the parts: a point on a circle each. */
export function calendarWidth(parts: readonly CalendarPart[]): number {
  return 2 * parts.length;
}

/** Writes where a day is in each part. */
export function writeCalendar(parts: readonly CalendarPart[], day: number, out: Float32Array, at: number): void {
  for (const [index, part] of parts.entries()) {
    const angle = angleOf(part, day);
    out[at + 2 * index] = Math.cos(angle);
    out[at + 2 * index + 1] = Math.sin(angle);
  }
}

/** The day closest to one that is where the coordinates say in each part, part after part, the longest first. A day that is there already stays as it is. */
export function readCalendar(parts: readonly CalendarPart[], day: number, vectors: Float32Array, at: number): number {
  let found = day;
  for (const [index, part] of parts.entries()) {
    const [x = 0, y = 0] = [vectors[at + 2 * index], vectors[at + 2 * index + 1]];
    const angle = angleOf(part, found);
    if (x === Math.fround(Math.cos(angle)) && y === Math.fround(Math.sin(angle))) continue;
    const turn = (Math.atan2(y, x) - angle) / (2 * Math.PI);
    found += (turn - Math.round(turn)) * calendarPeriods[part];
  }
  return found;
}

function angleOf(part: CalendarPart, day: number): number {
  const turns = day / calendarPeriods[part];
  return 2 * Math.PI * (turns - Math.floor(turns));
}
