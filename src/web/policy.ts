import * as z from "zod";

// Before any schema is made: the page's policy forbids code that is made from strings, which zod would try.
z.config({ jitless: true });
