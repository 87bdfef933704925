import { FedscoreError } from "./errors.js";

/**
 * An optional package, loaded when it is needed.
 * @param needed what needs it: "a server".
 * @param command that installs it.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED with the command.
 */
export async function loadPackage<Package>(
  needed: string,
  name: string,
  load: () => Promise<Package>,
  command = `npm install ${name}`,
): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    const message = `${needed} needs the package ${name}, which is not installed: ${command}`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { package: name }, error);
  }
}
