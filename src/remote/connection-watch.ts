import type { NatsConnection } from "@nats-io/nats-core";
import type { FedscoreError } from "../errors.js";
import { deniedError } from "./denied.js";

/** What becomes of a connection, and since when it stands. */
export class ConnectionWatch {
  /** How often it was lost. */
  losses = 0;
  /** When it was made last, of performance.now(). */
  since = performance.now();
  /** Why the server does not let this side go on; the connection is closed then. */
  denied: FedscoreError | undefined;

  /** @param onDenied told once, where the server does not allow something or does not accept the credentials any more. */
  constructor(
    connection: NatsConnection,
    onNote: (text: string) => void,
    onDenied: (error: FedscoreError) => void = () => {},
  ) {
    void this.#follow(connection, onNote, onDenied);
  }

  async #follow(
    connection: NatsConnection,
    onNote: (text: string) => void,
    onDenied: (error: FedscoreError) => void,
  ): Promise<void> {
    for await (const status of connection.status()) {
      if (this.denied) continue;
      if (status.type === "disconnect") {
        this.losses++;
        onNote("the connection to the server is lost: waiting for it");
      } else if (status.type === "reconnect") {
        this.since = performance.now();
        onNote("the connection to the server is back");
      } else if (status.type === "error") {
        this.denied = deniedError(status.error);
        if (!this.denied) onNote(`the server says: ${status.error.message}`);
        else {
          onDenied(this.denied);
          void connection.close();
        }
      }
    }
  }
}
