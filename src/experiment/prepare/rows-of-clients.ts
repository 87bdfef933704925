import { FedscoreError } from "../../errors.js";

/** That a run is one of `fedscore coordinate`: nobody has its rows in one place. */
export function rowsOfClients(): FedscoreError {
  const message =
    'config.data of kind "clients", or "table" without a path, are rows that clients hold: fedscore coordinate runs such a config';
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
