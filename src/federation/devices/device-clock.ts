import type { DeviceProfile } from "./profile.js";

/** What is about to happen at a device. */
export interface DeviceEvent {
  /** It is asked whether it takes part; then parameters go to it, it trains, its update comes back. */
  readonly kind: "select" | "download" | "compute" | "upload";
  readonly client: number;
  readonly device: DeviceProfile;
  /** Round of the parameters that the client starts from. */
  readonly round: number;
  /** How often clients have been asked since these parameters are the server's: events of equal round, client and kind differ in it. */
  readonly attempt: number;
  /** Virtual seconds since the run began. */
  readonly start: number;
  /** Of a download, with the mask where it is sent, or of an upload; else 0. */
  readonly bytes: number;
  /** Multiply-adds x 2 of all local steps, where it trains; else 0. */
  readonly flops: number;
}

/** How long an event takes. */
export interface DeviceTiming {
  /** Virtual seconds, >= 0. */
  readonly seconds: number;
  /** True where nothing comes of it: the device is not there, or the message or the training is lost, which is known after `seconds`. */
  readonly lost?: boolean;
}

/**
 * The time of devices. A simulator of a network brings its own: it is asked for one event after the other, in the order in which they start,
 * those that start at once in the order of clients. A run that is resumed from a checkpoint asks again from there on, so that its bytes
 * are those of the uninterrupted one where the answers are a function of the event.
 */
export interface DeviceClock {
  /** How long the event takes; asked once for each. */
  next(event: DeviceEvent): DeviceTiming;
}
