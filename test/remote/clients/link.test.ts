// @module-tag slow
/** What a coordinator asks, takes up and gives up, with a real server between it and its clients. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import { createEngine } from "../../../src/kernels/index.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { ClientsLink } from "../../../src/remote/clients/link.js";
import { clientPlace } from "../../../src/remote/clients/names.js";
import { transportOver } from "../../../src/remote/clients/transport-over.js";
import { waitForClients } from "../../../src/remote/clients/wait-for-clients.js";
import { connectJetStream } from "../../../src/remote/jetstream.js";
import { randomIdentity } from "../../../src/remote/protocol.js";
import type { ServerOptions } from "../../../src/remote/server-options.js";
import { KeyedServer } from "../../support/keyed-server.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

const engine = await createEngine({ variant: "simd" });
/** Updates of more than 512 kB, which do not stand in their message. */
const hidden = [400, 400];
const common = {
  ...{ network: { dimension: 2, sigmaData: 1, hidden }, training: { batchSize: 4 }, localSteps: 1, rounds: 1 },
};

describe.skipIf(noServer !== undefined)(`a coordinator's side of a server${skipped}`, () => {
  let server: NatsServer;
  const leaving = new AbortController();
  const joined: Promise<void>[] = [];
  const links: ClientsLink[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    const points = Float32Array.from({ length: 100 }, (_, index) => Math.sin(index));
    const data = { points, dimension: 2 };
    const options = {
      server: server.url,
      name: "airline",
      data,
      heldOut: data,
      workers: 0,
      stay: true,
      signal: leaving.signal,
    };
    joined.push(joinFederation(options));
  });
  afterEach(async () => {
    for (const link of links.splice(0)) await link.close(true);
  });
  afterAll(async () => {
    leaving.abort();
    await Promise.all(joined);
    await server.remove();
  });

  async function linkAs(identity: { readonly run: string; readonly secret: string }, options?: ServerOptions) {
    const settings = { ...identity, lostAfter: 20_000, maxAge: 3_600_000, onNote: () => {} };
    const link = await ClientsLink.open(options ?? { server: server.url }, settings);
    links.push(link);
    return link;
  }

  /** Who is asked for a federation's rounds on a link. */
  function federationOn(link: ClientsLink, clients: readonly string[]) {
    const transport = transportOver(engine, link, { server: server.url, clients });
    const rows = clients.map(() => ({ rowCount: 50 }));
    return { transport, federation: createFederation(engine, { ...common, clients: rows, transport }) };
  }

  /** A coordinator that is killed when one client has answered, and another one has not come. */
  async function killedInRound(identity: { readonly run: string; readonly secret: string }) {
    const link = await linkAs(identity);
    const training = federationOn(link, ["airline", "bank"]).federation.train().next();
    // The answer has come, and its data are read.
    await expect.poll(() => link.bytes.up, { timeout: 20_000 }).toBeGreaterThan(600_000);
    await link.close(false);
    await training;
  }

  async function resumed(identity: { readonly run: string; readonly secret: string }) {
    const link = await linkAs(identity);
    const { transport, federation } = federationOn(link, ["airline"]);
    const { value: report } = await federation.train().next();
    expect(report).toMatchObject({ absent: [], clients: [{ client: 0 }] });
    expect(transport.refused).toEqual([]);
    return link.bytes;
  }

  it("takes up a large answer that was given to a coordinator before it was killed", async () => {
    const identity = { run: randomIdentity(), secret: randomIdentity() };
    await killedInRound(identity);
    const bytes = await resumed(identity);
    expect(bytes.down).toBe(0);
  });

  it("asks again where the data of such an answer are gone", async () => {
    const identity = { run: randomIdentity(), secret: randomIdentity() };
    await killedInRound(identity);
    const { manager, connection } = await connectJetStream({ server: server.url });
    const { stream, subject } = clientPlace(identity.run, "airline");
    await manager.streams.purge(stream, { filter: subject("*", "*") });
    await connection.close();
    const bytes = await resumed(identity);
    expect(bytes.down).toBeGreaterThan(600_000);
  });

  it("has an answer to each of two questions that are the same", async () => {
    const link = await linkAs({ run: randomIdentity(), secret: randomIdentity() });
    const { transport, federation } = federationOn(link, ["airline"]);
    await federation.train().next();
    const { parameters } = federation;
    const [first, second] = await Promise.all([transport.evaluate(parameters), transport.evaluate(parameters)]);
    expect(first).toEqual([{ client: 0, rows: 50, loss: expect.any(Number) }]);
    expect(second).toEqual(first);
    expect(await transport.evaluate(parameters)).toEqual(first);
  });

  it("tells clients that a run is over, who then leave, and does not where it may go on", async () => {
    const identity = { run: randomIdentity(), secret: randomIdentity() };
    const notes: string[] = [];
    let isGone = false;
    const data = { points: Float32Array.of(1, 2, 3, 4), dimension: 2 };
    const onNote = (text: string) => void notes.push(text);
    const options = { server: server.url, name: "guest", data, workers: 0, signal: leaving.signal, onNote };
    const left = joinFederation(options).then(() => {
      isGone = true;
    });
    const interrupted = await linkAs(identity);
    await federationOn(interrupted, ["guest"]).federation.train().next();
    await interrupted.close(false);
    const other = await linkAs({ run: randomIdentity(), secret: randomIdentity() });
    await federationOn(other, ["airline"]).federation.train().next();
    await other.close(true);
    const resumed = await linkAs(identity);
    await federationOn(resumed, ["guest"]).federation.train().next();
    expect(isGone).toBe(false);
    await resumed.close(true);
    await left;
    expect(notes.filter((note) => note.includes("over"))).toEqual([
      `federation ${identity.run.slice(0, 8)} is over: leaving`,
    ]);
  });

  it("ends with the server's reason when its credentials are revoked, in a round and before one", async () => {
    const keyed = await KeyedServer.start();
    try {
      const options = await keyed.add("head", "coordinator");
      const link = await linkAs({ run: randomIdentity(), secret: randomIdentity() }, options);
      const denied = { code: "FEDSCORE_DENIED" };
      const waiting = waitForClients(link, { minimum: 1 }, { signal: undefined, onNote: () => {} });
      const training = federationOn(link, ["airline"]).federation.train().next();
      const asking = link.ask({ name: "bank", kind: "classes", body: {}, most: 9, read: (value) => value });
      const expected = Promise.all(
        [waiting, training, asking].map((each) => expect(each).rejects.toMatchObject(denied)),
      );
      await keyed.revoke("head");
      await expected;
      await expect(link.ask({ name: "bank", kind: "loss", body: {}, most: 9, read: () => 0 })).rejects.toMatchObject(
        denied,
      );
    } finally {
      await keyed.remove();
    }
  });
});
