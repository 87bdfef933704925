/** What a client does not do, and says so; the cause, where there is one, it says to nobody else. */
export class Refusal extends Error {}

/** A round is over: its coordinator asks for something else. */
export class Outdated extends Error {}

/** A run has not told this process of its setup yet. */
export class NotOpen extends Error {}
