/** Milliseconds: see LinkSettings. */
export const linkDefaults = { lostAfter: 15_000, maxAge: 7 * 24 * 3_600_000 } as const;
