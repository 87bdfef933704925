import type { ClientsLink } from "../../remote/clients/link.js";
import type { NatsTransport } from "../../remote/clients/remote-transport.js";
import { beat } from "../../remote/protocol.js";
import type { ClientStatus } from "../../remote/status/run-status.js";
import { ensureStatusStream, publishStatus } from "../../remote/status/stream.js";
import type { ProgressEvent } from "../progress.js";

/** Tells the server each second how a coordinated run stands, for `fedscore status`. */
export class StatusBeat {
  readonly #link: ClientsLink;
  readonly #transport: NatsTransport;
  readonly #run: { readonly name: string; readonly rounds: number };
  readonly #isPrivate: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;
  #round = 0;
  #loss: number | null = null;

  /** @param isPrivate whether nobody is to learn who takes part in a round. */
  constructor(
    link: ClientsLink,
    transport: NatsTransport,
    run: { readonly name: string; readonly rounds: number },
    isPrivate: boolean,
  ) {
    this.#link = link;
    this.#transport = transport;
    this.#run = run;
    this.#isPrivate = isPrivate;
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
    const clients = this.#transport.clientStatus();
    const told = this.#isPrivate
      ? { clients: clients.map(withoutPart), bytesUp: 0, bytesDown: 0 }
      : { clients, bytesUp: bytes.up, bytesDown: bytes.down };
    publishStatus(this.#link.server, { ...stand, ...told });
  }
}

/** Whether it is there, and not what it does. */
function withoutPart({ name, lastSeen }: ClientStatus): ClientStatus {
  return { name, lastSeen, state: lastSeen === null ? "was never there" : "may take part", absent: 0 };
}
