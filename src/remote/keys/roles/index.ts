import type { Role, RoleName } from "../role.js";
import { client } from "./client.js";
import { coordinator } from "./coordinator.js";
import { observer } from "./observer.js";
import { worker } from "./worker.js";

export const roles: { readonly [Name in RoleName]: Role } = { coordinator, worker, client, observer };
