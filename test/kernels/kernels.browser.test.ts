/** The kernels' suites in a page: the same bounds and, where bits are promised, the same fingerprints as in Node. */
import "./random.test.js";
import "./elementary.test.js";
import "./math.test.js";
import "./finite.test.js";
import "./schedule.test.js";
import "./mixture.test.js";
import "../targets/targets.test.js";
