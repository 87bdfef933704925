import { isIP } from "node:net";
import { Command, InvalidArgumentError, Option } from "commander";
import { addUser, createAuthority, type KeyUser, revokeUser } from "../../remote/keys/authority.js";
import { createAuthorityCertificate, createServerCertificate } from "../../remote/keys/certificates.js";
import { pushAccounts } from "../../remote/keys/push.js";
import { type RoleName, roleNames } from "../../remote/keys/role.js";
import { roles } from "../../remote/keys/roles/index.js";
import { withExamples } from "../examples.js";
import { KeyFolder } from "../keys/folder.js";
import { integer } from "../options.js";
import { printJson, printResult } from "../output.js";
import { aligned } from "../print.js";

interface FolderArguments {
  readonly folder: string;
}

const after = `
Roles:
${roleNames.map((name) => `  ${name.padEnd(12)} ${roles[name].text}`).join("\n")}

Whoever has the folder can be anybody: keep it on a machine that is neither the server nor a worker. docs/deploy.md goes through all of it.
Needs the packages @nats-io/jwt and selfsigned: npm install @nats-io/jwt selfsigned`;

export function keysCommand(): Command {
  const command = withExamples(
    new Command("keys")
      .description("keys and certificates of a NATS server and of those that may use it")
      .helpCommand(false),
    [
      ["fedscore keys init --host nats.example.org", "keys of a server"],
      ["fedscore keys add clinic --role client", "credentials of one who uses it"],
      ["fedscore keys list", "who has some"],
    ],
    after,
  );
  for (const each of [initCommand(), addCommand(), listCommand(), revokeCommand(), pushCommand(), certificateCommand()])
    command.addCommand(each);
  return command;
}

function initCommand(): Command {
  return withExamples(
    new Command("init")
      .description("make the keys of an operator, and what its server needs: keys, TLS, settings")
      .requiredOption(...hostOption)
      .addOption(folderOption())
      .option("--overwrite", "replace all keys in the folder")
      .action(init),
    [["fedscore keys init --host nats.example.org 10.0.0.5", "keys in fedscore-keys/"]],
  );
}

function addCommand(): Command {
  return withExamples(
    new Command("add")
      .description("make the credentials of somebody: FOLDER/users/NAME.creds")
      .argument("<name>", "of A-Z a-z 0-9 _ -")
      .addOption(new Option("--role <role>", "what it may do").choices(roleNames).makeOptionMandatory())
      .addOption(folderOption())
      .option("--days <number>", "days until the credentials expire (default: never)", integer(1, 36_500))
      .option("--overwrite", "replace the credentials of this name, revoke the old ones")
      .action(add),
    [["fedscore keys add clinic --role client --days 90", "fedscore-keys/users/clinic.creds"]],
  );
}

function listCommand(): Command {
  return withExamples(
    new Command("list")
      .description("who has credentials")
      .addOption(folderOption())
      .option("--json", "as JSON")
      .action(list),
    [["fedscore keys list --json", "for a program"]],
  );
}

function revokeCommand(): Command {
  return withExamples(
    new Command("revoke")
      .description("end what somebody's credentials are good for; then keys push")
      .argument("<name>", "whose")
      .addOption(folderOption())
      .action(revoke),
    [["fedscore keys revoke clinic", "then: fedscore keys push"]],
  );
}

function pushCommand(): Command {
  return withExamples(
    new Command("push")
      .description("tell a running server of new clients and of revoked credentials")
      .requiredOption("--server <url>", "the server: tls://HOST:4222")
      .addOption(folderOption())
      .action(push),
    [["fedscore keys push --server tls://nats.example.org:4222", "after add and revoke"]],
  );
}

function certificateCommand(): Command {
  return withExamples(
    new Command("certificate")
      .description("make a new certificate of the server: before the old one ends, or for other names")
      .requiredOption(...hostOption)
      .addOption(folderOption())
      .action(certificate),
    [["fedscore keys certificate --host nats.example.org", "a new one"]],
  );
}

const hostOption = ["--host <name...>", "names and addresses by which others reach the server", collectHosts] as const;

function folderOption(): Option {
  return new Option("--folder <folder>", "where the keys are").default("fedscore-keys");
}

function collectHosts(host: string, before: readonly string[] = []): readonly string[] {
  if (isIP(host) === 0 && !/^[A-Za-z0-9*][A-Za-z0-9.-]{0,252}$/.test(host))
    throw new InvalidArgumentError("It must be a name or an address, without a port.");
  return [...before, host];
}

async function init({
  folder,
  host,
  overwrite,
}: FolderArguments & { host: string[]; overwrite?: boolean }): Promise<void> {
  const keys = new KeyFolder(folder);
  keys.requireNew(overwrite === true);
  const authority = await createAuthority();
  const ca = await createAuthorityCertificate();
  keys.writeCa(ca);
  keys.writeServer(await createServerCertificate(ca, host));
  await keys.write(authority);
  await printResult(`${folder}: keys of a server at ${host.join(", ")}. Next:
  copy ${folder}/server to the server's machine; there: cd server && nats-server -c nats-server.conf
  fedscore keys add NAME --role ${roleNames.join("|")} --folder ${folder}
`);
}

interface AddArguments extends FolderArguments {
  readonly role: RoleName;
  readonly days?: number;
  readonly overwrite?: boolean;
}

async function add(name: string, { role, folder, days, overwrite }: AddArguments): Promise<void> {
  const keys = new KeyFolder(folder);
  const before = keys.read();
  keys.requireNewUser(name, before, overwrite === true);
  const { authority, credentials, accountsChanged } = await addUser(before, { name, role, days });
  await keys.write(authority);
  const path = keys.writeCredentials(name, credentials);
  await printResult(`${path}: credentials of ${role} ${name}; they go with ${keys.ca} to its machine, and nowhere else
${accountsChanged ? pushNote(folder) : ""}`);
}

async function list({ folder, json }: FolderArguments & { readonly json?: boolean }): Promise<void> {
  const { users } = new KeyFolder(folder).read();
  if (json) return printJson(users);
  const rows = users.map((user) => [user.name, user.role, dayOf(user.issued), stateOf(user)]);
  const table = [["name", "role", "issued", "state"], ...rows];
  await printResult(`${aligned(table).join("\n")}\n`);
}

async function revoke(name: string, { folder }: FolderArguments): Promise<void> {
  const keys = new KeyFolder(folder);
  await keys.write(await revokeUser(keys.read(), name));
  await printResult(`the credentials of ${name} are revoked\n${pushNote(folder)}`);
}

async function push({ server, folder }: FolderArguments & { readonly server: string }): Promise<void> {
  const keys = new KeyFolder(folder);
  const accounts = await pushAccounts(keys.read(), { server, tls: { ca: keys.authorityOfServer() } });
  await printResult(`${server} knows ${accounts} accounts, and what is revoked\n`);
}

async function certificate({ folder, host }: FolderArguments & { readonly host: string[] }): Promise<void> {
  const keys = new KeyFolder(folder);
  keys.writeServer(await createServerCertificate(keys.readCa(), host));
  await printResult(
    `${folder}/server: certificate of a server at ${host.join(", ")}; copy it there and reload the server\n`,
  );
}

function pushNote(folder: string): string {
  return `a server that runs is told by: fedscore keys push --server tls://HOST:4222 --folder ${folder}\n`;
}

function stateOf({ revoked, expires }: KeyUser): string {
  if (revoked !== undefined) return `revoked ${dayOf(revoked)}`;
  if (expires === undefined) return "good";
  return expires * 1000 < Date.now() ? `expired ${dayOf(expires)}` : `good until ${dayOf(expires)}`;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
