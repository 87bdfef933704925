import { streams } from "../../streams.js";
import { ownApi, type Role } from "../role.js";

export const observer: Role = {
  name: "observer",
  text: "reads what fedscore status shows, and can change nothing",
  account: "shared",
  asks: () => [
    ...Object.values(streams).map((stream) => ({ subject: `${ownApi}.STREAM.INFO.${stream}` })),
    { subject: `${ownApi}.DIRECT.GET.${streams.status}.fedscore.status.*` },
  ],
  hears: ["fedscore.run.*", "fedscore.status.*"],
  hearsOfWorkers: ["fedscore.worker.*"],
};
