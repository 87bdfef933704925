import type { NatsConnection } from "@nats-io/nats-core";

/** What becomes of a connection, and since when it stands. */
export class ConnectionWatch {
  /** How often it was lost. */
  losses = 0;
  /** When it was made last, of performance.now(). */
  since = performance.now();

  constructor(connection: NatsConnection, onNote: (text: string) => void) {
    void this.#follow(connection, onNote);
  }

  async #follow(connection: NatsConnection, onNote: (text: string) => void): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        this.losses++;
        onNote("the connection to the server is lost: waiting for it");
      } else if (status.type === "reconnect") {
        this.since = performance.now();
        onNote("the connection to the server is back");
      } else if (status.type === "error") {
        onNote(`the server says: ${status.error.message}`);
      }
    }
  }
}
