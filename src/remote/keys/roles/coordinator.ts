import { ownApi, type Role } from "../role.js";

/** In the account with the streams it can do everything in whatever way it is allowed one thing, so no more is listed than that. */
export const coordinator: Role = {
  name: "coordinator",
  text: "runs rounds and pools of workers; makes the streams and their consumers, and can read and write all of them",
  account: "fedscore",
  asks: () => ["fedscore.>", `${ownApi}.>`, "$JS.ACK.>"].map((subject) => ({ subject })),
  hears: ["fedscore.>"],
};
