/** Parts of a date that come again, each with its length in days. */
export const calendarPeriods = { year: 365.2425, week: 7, day: 1 } as const;

/** A part of a date that comes again. */
export type CalendarPart = keyof typeof calendarPeriods;

/** All of them, the longest first. */
export const calendarParts = Object.keys(calendarPeriods) as readonly CalendarPart[];
