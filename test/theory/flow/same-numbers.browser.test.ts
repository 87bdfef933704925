/** Certificates by change of variables and intervals of KL in a page, with the numbers that they have in Node. */
import "./same-numbers.test.js";
