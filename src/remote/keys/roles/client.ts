import { streams } from "../../streams.js";
import { ownApi, type Role } from "../role.js";

export const client: Role = {
  name: "client",
  text: "takes its own tasks and gives its own updates; sees nothing of other clients",
  account: "own",
  asks: (name) => {
    const consumer = `${streams.tasks}.client-${name}`;
    return [
      { subject: `fedscore.hello.${name}` },
      { subject: `fedscore.updates.*.${name}.*` },
      { subject: `fedscore.client.*.${name}.*.*` },
      { subject: `${ownApi}.CONSUMER.INFO.${consumer}` },
      { subject: `${ownApi}.CONSUMER.MSG.NEXT.${consumer}`, streams: true },
      { subject: `$JS.ACK.${consumer}.>` },
      { subject: `${ownApi}.DIRECT.GET.${streams.clientData}.fedscore.client.*.${name}.*.*` },
    ];
  },
  hears: [],
};
