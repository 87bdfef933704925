/** Why what needs rows is missing from the result of a coordinated run. */
export const rowsElsewhere = "the rows are the clients' own, and nobody else sees them";
