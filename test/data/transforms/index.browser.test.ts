import { describeEngines } from "../../support/engines.js";
import { reproducesGoldenTransform } from "./golden.js";

describeEngines("transforms in a browser", reproducesGoldenTransform);
