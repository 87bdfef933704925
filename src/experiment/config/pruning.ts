import * as z from "zod";
import { federationDefaults } from "../../federation/federation-fields.js";
import { maskFamilies } from "../../pruning/families/index.js";
import { nameIn } from "./rules.js";

export const pruningSchema = z
  .strictObject({
    family: nameIn(maskFamilies)
      .default(federationDefaults.maskFamily.name)
      .describe("Rule that says which part of the network a client keeps; see the list of mask families."),
  })
  .prefault({})
  .describe("How the network is cut to a client's capacity.");
