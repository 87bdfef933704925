import { familyOf } from "../../../family.js";
import { forward } from "./forward.js";
import { resampled } from "./resampled.js";
import { tilted } from "./tilted.js";
import { tiltedResampled } from "./tilted-resampled.js";

export type { Proposal, Tilt } from "./proposal.js";

/** Every proposal by its name. */
export const proposals = familyOf(forward, tilted, resampled, tiltedResampled);

/** Names of the proposals. */
export type ProposalName = keyof typeof proposals;
