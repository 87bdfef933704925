import { describeEngines } from "../../support/engines.js";
import { reproducesGoldenPartitions } from "./golden.js";

describeEngines("partition in a browser", reproducesGoldenPartitions);
