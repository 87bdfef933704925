import { DiscardPolicy } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataStore } from "../../src/remote/data-store.js";
import { connectJetStream, type Server } from "../../src/remote/jetstream.js";
import { randomIdentity } from "../../src/remote/protocol.js";
import { persistently } from "../../src/remote/retry.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

describe.skipIf(noServer !== undefined)(`data at a server that takes messages of 64 kB${skipped}`, () => {
  let nats: NatsServer;
  let server: Server;

  beforeAll(async () => {
    nats = await NatsServer.start("max_payload: 65536");
    server = await connectJetStream({ server: nats.url });
  });
  afterAll(async () => {
    await server.connection.close();
    await nats.remove();
  });

  /** A stream of a test's own, and the place of data in it. */
  async function placeOf(stream: string, limits: { readonly max_bytes?: number } = {}) {
    await server.manager.streams.add({
      ...{ name: stream, subjects: [`${stream}.*.*`], allow_direct: true, discard: DiscardPolicy.New },
      ...{ max_msgs_per_subject: 1, discard_new_per_subject: true, ...limits },
    });
    return { stream, subject: (name: string, index: number | "*") => `${stream}.${name}.${index}` };
  }

  const messagesOf = async (stream: string) => (await server.manager.streams.info(stream)).state.messages;

  /** The server, whose messages go through `publish` first. */
  function watched(publish: (subject: string) => Promise<void>): Server {
    const stream: Server["stream"] = Object.create(server.stream);
    stream.publish = async (subject, payload) => {
      await publish(subject);
      return server.stream.publish(subject, payload);
    };
    return { ...server, stream };
  }

  it("stands in a message as far as the server takes it, whatever is wanted, and is read back from chunks else", async () => {
    const place = await placeOf("whole");
    const store = new DataStore(server, place);
    expect(await store.put(bytesOf(32_768))).toHaveProperty("inline");
    expect(await store.put(bytesOf(1025), 1024)).not.toHaveProperty("inline");
    for (const put of [
      (bytes: Uint8Array) => store.put(bytes),
      (bytes: Uint8Array) => store.putAlone(bytes, randomIdentity()),
    ]) {
      const payload = await put(bytesOf(100_000));
      expect(payload).toMatchObject({ chunks: 4 });
      expect(await store.get(payload)).toEqual(bytesOf(100_000));
    }
  });

  it("is stored once under one name, however often it is put", async () => {
    const place = await placeOf("once");
    const store = new DataStore(server, place);
    const name = randomIdentity();
    let failures = 0;
    const failing = watched(async (subject) => {
      if (subject.endsWith(".2") && failures++ === 0) throw new Error("no answer");
    });
    await persistently(
      () => false,
      () => new DataStore(failing, place).putAlone(bytesOf(100_000), name),
    );
    await store.putAlone(bytesOf(100_000), name);
    expect(failures).toBe(2);
    expect(await messagesOf("once")).toBe(4);
  });

  it("is refused by the reason of the server where a stream is full, not taken for stored", async () => {
    const place = await placeOf("full", { max_bytes: 70_000 });
    const putting = persistently(
      () => false,
      () => new DataStore(server, place).put(bytesOf(100_000)),
    );
    await expect(putting).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringMatching(/does not store full\..*maximum bytes/),
    });
  });

  it("sends no more chunks once one has failed", async () => {
    const place = await placeOf("stopped");
    const sent: string[] = [];
    const failing = watched(async (subject) => {
      sent.push(subject);
      if (subject.endsWith(".0")) throw new TypeError("fails");
    });
    await expect(new DataStore(failing, place).put(bytesOf(20 * 32_768))).rejects.toThrow("fails");
    await server.connection.flush();
    await expect.poll(() => messagesOf("stopped")).toBe(7);
    expect(sent).toHaveLength(8);
  });

  it("ends at once with a message that the server does not take", async () => {
    await placeOf("large");
    const publishing = persistently(
      () => false,
      () => server.stream.publish("large.a.0", bytesOf(65_537)),
    );
    await expect(publishing).rejects.toThrow("max_payload");
  });
});
