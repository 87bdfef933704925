import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AckPolicy, type JetStreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connect } from "../../../src/remote/connect.js";
import { ConnectionWatch } from "../../../src/remote/connection-watch.js";
import { deniedError } from "../../../src/remote/denied.js";
import { connectJetStream, type Server } from "../../../src/remote/jetstream.js";
import { createAuthorityCertificate } from "../../../src/remote/keys/certificates.js";
import { natsPool } from "../../../src/remote/nats-pool.js";
import { beat } from "../../../src/remote/protocol.js";
import { RemotePool } from "../../../src/remote/remote-pool.js";
import { wait } from "../../../src/remote/retry.js";
import { serveNats } from "../../../src/remote/serve-nats.js";
import { ensureStatusStream } from "../../../src/remote/status/stream.js";
import { streams } from "../../../src/remote/streams.js";
import { startCli } from "../../cli/support.js";
import { KeyedServer } from "../../support/keyed-server.js";
import { noServer, skipped } from "../../support/nats-server.js";

const run = "0123456789abcdef0123456789abcdef";
const denied = { code: "FEDSCORE_DENIED" };

describe.skipIf(noServer)(`who may do what on a server with keys${skipped}`, () => {
  let server: KeyedServer;
  let coordinator: Server;
  const connected = new Map<string, Promise<Server>>();

  beforeAll(async () => {
    server = await KeyedServer.start();
    coordinator = await connectJetStream(await server.add("control", "coordinator"));
    await makeStreams(coordinator);
    await server.add("alice", "client");
    await server.add("bob", "client");
    await server.add("node", "worker");
    await server.add("eve", "observer");
  });

  afterAll(async () => {
    for (const { connection } of [...(await Promise.all(connected.values())), coordinator]) await connection.close();
    await server.remove();
  });

  function as(name: string): Promise<Server> {
    const connection = connected.get(name) ?? connectJetStream(server.optionsOf(name));
    connected.set(name, connection);
    return connection;
  }

  /** What the streams hold now, by subject. */
  async function held(): Promise<{ readonly [subject: string]: number }> {
    await coordinator.connection.flush();
    await wait(100);
    const all = Object.values(streams).map(async (name) => {
      const { state } = await coordinator.manager.streams.info(name, { subjects_filter: ">" });
      return state.subjects ?? {};
    });
    return Object.assign({}, ...(await Promise.all(all)));
  }

  test("a client takes its own tasks, stores its own updates once, and reads what is kept for it", async () => {
    const alice = await as("alice");
    await coordinator.stream.publish(`fedscore.tasks.${run}.alice`, "for alice");
    await coordinator.stream.publish(`fedscore.client.${run}.alice.mask.0`, "her mask");
    const consumer = await alice.stream.consumers.get(streams.tasks, "client-alice");
    const task = await consumer.next({ expires: 2000 });
    expect(task?.string()).toBe("for alice");
    expect(await task?.ackAck()).toBe(true);
    expect((await consumer.info()).num_ack_pending).toBe(0);
    const query = { last_by_subj: `fedscore.client.${run}.alice.mask.0` };
    expect((await alice.manager.direct.getMessage(streams.clientData, query))?.string()).toBe("her mask");
    await alice.stream.publish(`fedscore.updates.${run}.alice.t1`, "update");
    const hello = new Promise((resolve) => {
      coordinator.connection.subscribe("fedscore.hello.*", {
        max: 1,
        callback: (_, message) => resolve(message.subject),
      });
    });
    await coordinator.connection.flush();
    alice.connection.publish("fedscore.hello.alice");
    expect(await hello).toBe("fedscore.hello.alice");
    await expect(alice.stream.publish(`fedscore.updates.${run}.alice.t1`, "other")).rejects.toMatchObject({
      code: 10077,
    });
  });

  test("a client cannot read another's tasks or data", async () => {
    await coordinator.stream.publish(`fedscore.tasks.${run}.alice`, "again for alice");
    await coordinator.stream.publish(`fedscore.client.${run}.alice.secret.0`, "hers");
    const bob = await as("bob");
    await expectDenied(bob.stream.consumers.get(streams.tasks, "client-alice"));
    const query = { last_by_subj: `fedscore.client.${run}.alice.secret.0` };
    await expectDenied(bob.manager.direct.getMessage(streams.clientData, query));
    await expectDenied(bob.manager.streams.getMessage(streams.tasks, { seq: 1 }));
    const next = `fedscore.api.CONSUMER.MSG.NEXT.${streams.tasks}.client-alice`;
    await expectDenied(bob.connection.request(next, '{"batch":1}'));
  });

  test.each([
    "fedscore.tasks.*.*",
    "fedscore.updates.>",
    "fedscore.client.>",
    "fedscore.>",
    "_INBOX.>",
    "$JS.>",
    "$SYS.>",
    ">",
  ])("a client, a worker and an observer cannot listen to %s", async (subject) => {
    for (const name of ["bob", "node", "eve"]) await expectDenied(firstMessage(await as(name), subject));
  });

  test("a client cannot publish another's update or hello, a task, a status or a call", async () => {
    const before = await held();
    const bob = await as("bob");
    for (const subject of [
      ...[`updates.${run}.alice.t2`, "hello.alice", `tasks.${run}.alice`, `tasks.${run}.bob`, `status.${run}`],
      ...[`calls.${run}`, `results.${run}.${run}`, `control.${run}`, `client.${run}.alice.secret.1`],
    ])
      await expectDenied(bob.stream.publish(`fedscore.${subject}`, "forged"));
    expect(await held()).toEqual(before);
  });

  test.each(["bob", "node", "eve"])("%s cannot make, change, purge or delete streams and consumers", async (name) => {
    const before = await held();
    const { manager } = await as(name);
    const stream = streams.updates;
    await expectDenied(manager.streams.add({ name: "OTHER", subjects: ["other"] }));
    await expectDenied(manager.streams.purge(stream));
    await expectDenied(manager.streams.delete(stream));
    await expectDenied(manager.streams.deleteMessage(stream, 1));
    await expectDenied(manager.consumers.add(streams.tasks, { durable_name: "mine", ack_policy: AckPolicy.None }));
    await expectDenied(manager.consumers.delete(streams.tasks, "client-alice"));
    expect(await held()).toEqual(before);
  });

  test("a worker cannot read or write what is between coordinator and clients", async () => {
    const before = await held();
    const node = await as("node");
    for (const name of ["alice", "bob"]) {
      await expectDenied(node.stream.consumers.get(streams.tasks, `client-${name}`));
      await expectDenied(node.stream.publish(`fedscore.updates.${run}.${name}.t3`, "forged"));
    }
    const query = { last_by_subj: `fedscore.client.${run}.alice.secret.0` };
    await expectDenied(node.manager.direct.getMessage(streams.clientData, query));
    await expectDenied(node.manager.direct.getMessage(streams.updates, { seq: 1 }));
    expect(await held()).toEqual(before);
  });

  test("an observer cannot publish anything", async () => {
    const before = await held();
    const eve = await as("eve");
    for (const subject of [
      "updates.r.alice.t",
      "hello.alice",
      "tasks.r.alice",
      "status.r",
      "run.r",
      "control.r",
      "calls.r",
      "worker.r",
    ])
      await expectDenied(eve.stream.publish(`fedscore.${subject}`, "x"));
    await expectDenied(eve.stream.publish("other", "x"));
    expect(await held()).toEqual(before);
  });

  /** The server delivers answers wherever the asker says; they must go astray in the asker's own account. */
  test("answers cannot be sent where the asker may not write, nor to the API", async () => {
    const bob = await as("bob");
    await bob.stream.publish(`fedscore.client.${run}.bob.forged.0`, "forged");
    await bob.stream.publish(`fedscore.client.${run}.bob.empty.0`, "");
    await coordinator.stream.publish(`fedscore.tasks.${run}.bob`, "");
    const before = await held();
    const get = (object: string) =>
      `fedscore.api.DIRECT.GET.${streams.clientData}.fedscore.client.${run}.bob.${object}.0`;
    const next = `fedscore.api.CONSUMER.MSG.NEXT.${streams.tasks}.client-bob`;
    const info = `fedscore.api.STREAM.INFO.${streams.status}`;
    const asks: readonly (readonly [Server, string, string])[] = [
      [bob, get("forged"), ""],
      [bob, get("empty"), ""],
      [bob, next, '{"batch":1,"expires":300000000}'],
      [await as("eve"), info, ""],
    ];
    for (const [{ connection }, ask] of asks.filter(([, each]) => each !== next))
      expect((await connection.request(ask)).headers?.code ?? 0).toBe(0);
    for (const [{ connection }, ask, body] of asks)
      for (const reply of [
        ...[`fedscore.updates.${run}.alice.t4`, `fedscore.tasks.${run}.alice`, "fedscore.hello.alice"],
        ...["$JS.API", "fedscore.api"].flatMap((api) => [
          `${api}.STREAM.PURGE.${streams.tasks}`,
          `${api}.STREAM.DELETE.${streams.tasks}`,
        ]),
      ]) {
        connection.publish(ask, body, { reply });
        await connection.flush();
      }
    await wait(500);
    expect(await held()).toEqual(before);
  });

  test("a pool of a worker's, and a worker of an observer's credentials, end with what is not allowed", async () => {
    await expect(natsPool(server.optionsOf("node"))).rejects.toMatchObject(denied);
    for (const name of ["bob", "eve"]) await expect(serveNats(server.optionsOf(name))).rejects.toMatchObject(denied);
  });

  test("a server that another authority vouches for is not trusted, nor one without TLS asked", async () => {
    const { cert } = await createAuthorityCertificate();
    await expect(connect({ ...server.optionsOf("node"), tls: { ca: cert } })).rejects.toMatchObject(denied);
    await expect(connect({ ...server.optionsOf("node"), tls: undefined })).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining("--tls-ca"),
    });
  });

  test("nobody connects without credentials", async () => {
    const { server: url, tls } = server.optionsOf("node");
    await expect(connect({ server: url, tls })).rejects.toMatchObject(denied);
  });

  test("nobody connects with credentials of another operator, or with expired ones", { tags: ["slow"] }, async () => {
    const { server: url, tls } = server.optionsOf("node");
    const other = await KeyedServer.start();
    try {
      const { credentials } = await other.add("node", "worker");
      await expect(connect({ server: url, tls, credentials })).rejects.toMatchObject(denied);
    } finally {
      await other.remove();
    }
    const short = await server.add("short", "observer", 1.5 / 86_400);
    const connection = await connect(short);
    const seen = denialOf(connection);
    await expect(seen).resolves.toMatchObject(denied);
    // Times in credentials are whole seconds.
    await wait(1100);
    await expect(connect(short)).rejects.toMatchObject(denied);
  });

  test("a pool whose credentials are revoked rejects its calls and says nothing more to the server", async () => {
    const options = await server.add("second", "coordinator");
    const times = { ackWait: 6000, maxAge: 60_000 };
    const pool = await RemotePool.open(options, { variant: "simd", size: 1, times, tries: 1, onNote: () => {} });
    const uncaught = vi.fn();
    process.on("uncaughtException", uncaught);
    try {
      const call = expect(pool.call({ name: "echo", run: () => 1 }, 1)).rejects.toMatchObject(denied);
      await server.revoke("second");
      await call;
      await wait(beat + 200);
      expect(uncaught).not.toHaveBeenCalled();
      await expect(pool.call({ name: "echo", run: () => 1 }, 1)).rejects.toMatchObject(denied);
    } finally {
      process.off("uncaughtException", uncaught);
      await pool.close();
    }
  });

  test("keys push trusts the authority of the server's certificate: its own, or one that this machine trusts", async () => {
    const known = await createAuthorityCertificate();
    const other = await KeyedServer.start(known);
    try {
      const { path } = other.keys;
      writeFileSync(join(path, "known.pem"), known.cert);
      const push = (environment: Record<string, string>) =>
        startCli(["keys", "push", "--server", other.url, "--folder", path], path, environment).outcome;
      expect(await push({})).toMatchObject({ code: 1, stderr: expect.stringContaining("is not trusted") });
      const { code, stdout } = await push({ NODE_EXTRA_CA_CERTS: join(path, "known.pem") });
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("knows 4 accounts") });
    } finally {
      await other.remove();
    }
  });

  test("revoked credentials end their connections, and no new ones are made; others stay", async () => {
    const options = await server.add("carol", "client");
    const connection = await connect(options);
    const bob = await as("bob");
    const seen = denialOf(connection);
    await server.revoke("carol");
    await expect(seen).resolves.toMatchObject(denied);
    expect(connection.isClosed()).toBe(true);
    await expect(connect(options)).rejects.toMatchObject(denied);
    await bob.connection.flush();
    await (await connect(await server.add("carol", "client"))).close();
  });
});

async function makeStreams(server: Server): Promise<void> {
  const { manager } = server;
  const once = { max_msgs_per_subject: 1, discard_new_per_subject: true, discard: "new" as const };
  await manager.streams.add({ name: streams.calls, subjects: ["fedscore.calls.*"], retention: "workqueue" });
  await manager.streams.add({ name: streams.results, subjects: ["fedscore.results.*.*"] });
  await manager.streams.add({ name: streams.data, subjects: ["fedscore.data.*.*.*"], allow_direct: true });
  await manager.streams.add({ name: streams.tasks, subjects: ["fedscore.tasks.*.*"] });
  await manager.streams.add({ name: streams.updates, subjects: ["fedscore.updates.*.*.*"], ...once });
  await manager.streams.add({ name: streams.clientData, subjects: ["fedscore.client.*.*.*.*"], allow_direct: true });
  await ensureStatusStream(server);
  for (const name of ["alice", "bob"]) await makeConsumer(manager, name);
}

async function makeConsumer(manager: JetStreamManager, name: string): Promise<void> {
  const filter_subject = `fedscore.tasks.*.${name}`;
  await manager.consumers.add(streams.tasks, {
    durable_name: `client-${name}`,
    filter_subject,
    ack_policy: AckPolicy.Explicit,
  });
}

/** That the server refuses, and that the refusal is told from other failures. */
async function expectDenied(attempt: Promise<unknown>): Promise<void> {
  const error = await attempt.then(
    () => new Error("it was allowed"),
    (failure: unknown) => failure,
  );
  expect(deniedError(error) ?? error).toMatchObject({ code: "FEDSCORE_DENIED" });
}

function firstMessage({ connection }: Server, subject: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.subscribe(subject, { callback: (error) => (error ? reject(error) : resolve()) });
  });
}

function denialOf(connection: ConstructorParameters<typeof ConnectionWatch>[0]): Promise<unknown> {
  return new Promise((resolve) => new ConnectionWatch(connection, () => {}, resolve));
}
