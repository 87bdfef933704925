import type { Transport } from "../../federation/transport.js";

/** Of a federation that trains nobody. */
export const nowhere: Transport = {
  name: "nowhere",
  async open() {},
  async forget() {},
  async *run() {},
  async close() {},
};
