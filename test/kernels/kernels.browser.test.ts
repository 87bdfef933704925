/** The kernels' suites in a page: the same bounds and, where bits are promised, the same fingerprints as in Node. */
import "./random.test.js";
import "./vecmath.test.js";
import "./reduce.test.js";
import "./schedule.test.js";
import "./mixture.test.js";
import "../targets/targets.test.js";
