import { type Authority, publicAccounts, publicKeyOf, systemAccount } from "./authority.js";

/** What nats-server.conf includes: whom the server trusts, and the accounts that it knows from its first start. */
export async function serverSettings(authority: Authority): Promise<string> {
  const preloaded = (await publicAccounts(authority)).map(([key, jwt]) => `  ${key}: ${jwt}`);
  return `# Written by fedscore keys. No secrets: who is trusted, and the accounts that the server knows when it starts.
operator: ${authority.operator.jwt}
system_account: ${await publicKeyOf(authority.accounts[systemAccount].seed)}
resolver {
  type: full
  dir: "data/accounts"
  allow_delete: false
}
resolver_preload {
${preloaded.join("\n")}
}
`;
}
