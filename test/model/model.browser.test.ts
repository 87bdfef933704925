/** A web page opens models and draws from them. */
import "./load-model.test.js";
import "./sample-model.test.js";
