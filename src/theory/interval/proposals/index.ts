import { familyOf } from "../../../family.js";
import { forward } from "./forward.js";
import { tilted } from "./tilted.js";

export type { Proposal, Tilt } from "./proposal.js";

/** Every proposal by its name. */
export const proposals = familyOf(forward, tilted);

/** Names of the proposals. */
export type ProposalName = keyof typeof proposals;
