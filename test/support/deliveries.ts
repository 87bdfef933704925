import type { NatsConnection } from "@nats-io/nats-core";
import { streamNames } from "../../src/remote/protocol.js";

/** What a server that takes everyone gives to workers from now on: by the place of a call in the stream, the number of each delivery, 1 for the first. */
export async function listenToDeliveries(spy: NatsConnection): Promise<ReadonlyMap<string, readonly number[]>> {
  const deliveries = new Map<string, number[]>();
  spy.subscribe("_INBOX.>", {
    callback: (_, { reply = "" }) => {
      // $JS.ACK.STREAM.CONSUMER.DELIVERY.PLACE.PLACE AT THE CONSUMER.TIME.PENDING
      const [, , stream, , delivery, place] = reply.split(".");
      if (stream === streamNames.calls) deliveries.set(place, [...(deliveries.get(place) ?? []), Number(delivery)]);
    },
  });
  await spy.flush();
  return deliveries;
}
