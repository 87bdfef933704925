import { streams } from "../../streams.js";
import { ownApi, type Role } from "../role.js";

export const worker: Role = {
  name: "worker",
  text: "takes calls of pools and gives results; sees the data of these calls, and nothing of clients",
  account: "shared",
  asks: () => [
    ...["worker.*", "results.*.*", "data.*.*.*"].map((subject) => ({ subject: `fedscore.${subject}` })),
    { subject: `${ownApi}.CONSUMER.INFO.${streams.calls}.*` },
    { subject: `${ownApi}.CONSUMER.MSG.NEXT.${streams.calls}.*`, streams: true },
    { subject: `$JS.ACK.${streams.calls}.>` },
    { subject: `${ownApi}.DIRECT.GET.${streams.data}.fedscore.data.*.*.*` },
  ],
  hears: ["fedscore.run.*", "fedscore.control.*"],
};
