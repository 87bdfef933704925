import { familyOf } from "../../family.js";
import { bfloat16 } from "./bfloat16.js";
import { float16 } from "./float16.js";
import { float32 } from "./float32.js";
import { int8 } from "./int8.js";

/** Encodings that send every number, in a number of bytes that is known before: those of what a sparse one keeps, too. */
export const valueEncodings = familyOf(float32, float16, bfloat16, int8);

/** Encodings that give a number the same bytes in every message: those of the parameters that a server sends. */
export const downlinks = familyOf(float32, float16, bfloat16);
