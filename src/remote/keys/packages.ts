import { loaded } from "../packages.js";

type Jwt = typeof import("@nats-io/jwt");
type SelfSigned = typeof import("selfsigned");

const install = "npm install @nats-io/jwt selfsigned";

export function loadJwt(): Promise<Jwt> {
  return loaded("@nats-io/jwt", () => import("@nats-io/jwt"), install);
}

export function loadSelfSigned(): Promise<SelfSigned> {
  return loaded("selfsigned", () => import("selfsigned"), install);
}
