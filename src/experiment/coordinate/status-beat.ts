import type { ClientsLink } from "../../remote/clients/link.js";
import type { NatsTransport } from "../../remote/clients/nats-transport.js";
import { beat } from "../../remote/protocol.js";
import { ensureStatusStream, publishStatus } from "../../remote/status/stream.js";
import type { ProgressEvent } from "../progress.js";

/** Tells the server each second how a coordinated run stands, for `fedscore status`. */
export class StatusBeat {
  readonly #link: ClientsLink;
  readonly #transport: NatsTransport;
  readonly #run: { readonly name: string; readonly rounds: number };
  #timer: ReturnType<typeof setInterval> | undefined;
  #round = 0;
  #loss: number | null = null;

  constructor(link: ClientsLink, transport: NatsTransport, run: { readonly name: string; readonly rounds: number }) {
    this.#link = link;
    this.#transport = transport;
    this.#run = run;
  }

  async start(round: number): Promise<void> {
    this.#round = round;
    await ensureStatusStream(this.#link.server);
    this.#tell();
    this.#timer = setInterval(() => this.#tell(), beat);
  }

  hear(event: ProgressEvent): void {
    if (event.kind !== "round" || event.stage !== "training") return;
    this.#round = event.done;
    this.#loss = event.loss !== undefined && Number.isFinite(event.loss) ? event.loss : null;
  }

  /** Once more, as it stands now. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#tell();
    if (!this.#link.connection.isClosed()) await this.#link.connection.flush().catch(() => {});
  }

  #tell(): void {
    if (this.#link.connection.isClosed()) return;
    const { bytes, identity } = this.#transport;
    const stand = { ...this.#run, run: identity.run, round: this.#round, loss: this.#loss };
    const traffic = { bytesUp: bytes.up, bytesDown: bytes.down };
    publishStatus(this.#link.server, { ...stand, clients: this.#transport.clientStatus(), ...traffic });
  }
}
