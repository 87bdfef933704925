import type { RoundStart } from "../../federation/train-options.js";
import type { Model } from "../../model/model.js";
import type { KlInterval } from "../../theory/interval/kl-interval.js";
import type { Unavailable } from "../../theory/sandwich.js";
import type { CertificateConfig } from "../config/certificate.js";
import type { RoundRecord } from "../result/history.js";
import type { Part } from "../result/not-computed.js";
import type { Certification } from "./certify.js";
import type { CertificationSubject } from "./subject.js";

/** Bounds of a run, as far as they are known; undefined: not yet, or the config asks for none. */
export interface KnownBounds {
  readonly certification: Certification | undefined;
  readonly interval?: Part<KlInterval | Unavailable> | undefined;
}

/** Sees a run from within, for a page that shows it: none of it changes a byte of what the run gives. */
export interface RunWatcher {
  /** Called, and waited for, before each round that is run: who waits holds the run there. */
  onRound?(stage: RoundRecord["stage"], start: RoundStart): Promise<void> | void;
  /** Called after each round. */
  onRecord?(record: RoundRecord): void;
  /** Called with the trained model on the grid that it is sampled on. */
  onModel?(model: Model): void;
  /** Called, and waited for, before a run is certified: for first looks at it. */
  onCertify?(subject: CertificationSubject, settings: CertificateConfig): Promise<void> | void;
  /** Called with each bound once it is known. */
  onBounds?(bounds: KnownBounds): void;
}
