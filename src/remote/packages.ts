import { loadPackage } from "../load-package.js";

type Core = typeof import("@nats-io/nats-core");
type JetStream = typeof import("@nats-io/jetstream");
type TransportNode = typeof import("@nats-io/transport-node");

/** What is needed of other packages: optional peers, loaded when somebody connects. */
const install = "npm install @nats-io/nats-core @nats-io/jetstream @nats-io/transport-node";

export function loadCore(): Promise<Core> {
  return loaded("@nats-io/nats-core", () => import("@nats-io/nats-core"));
}

export function loadJetStream(): Promise<JetStream> {
  return loaded("@nats-io/jetstream", () => import("@nats-io/jetstream"));
}

/** Connections by TCP, which no page has: bundlers for browsers must not meet the name. */
export function loadTransportNode(): Promise<TransportNode> {
  const name = "@nats-io/transport-node";
  return loaded(name, () => import(/* @vite-ignore */ /* webpackIgnore: true */ name));
}

/** WebSocket where the runtime has none of its own (Node 20). */
export function loadWs(): Promise<{ readonly WebSocket: typeof WebSocket }> {
  const name = "ws";
  return loaded(name, () => import(/* @vite-ignore */ /* webpackIgnore: true */ name), "npm install ws");
}

/** @throws FedscoreError FEDSCORE_UNSUPPORTED with the command that installs the package. */
export function loaded<Package>(name: string, load: () => Promise<Package>, command = install): Promise<Package> {
  return loadPackage("a server", name, load, command);
}
