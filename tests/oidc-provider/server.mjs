// npm's oidc-provider for a test: one client, one account, on the loopback.
// usage: node server.mjs ALG    writes its port; reads one line of JSON: {redirect, secret, email}; writes "ready"
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import Provider from "oidc-provider";

const alg = process.argv[2];
const kinds = { RS256: ["rsa", { modulusLength: 2048 }], PS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519", {}] };
const key = (kind, kid) => ({ ...generateKeyPairSync(...kind).privateKey.export({ format: "jwk" }), kid, use: "sig" });

let handle = (_request, answer) => answer.writeHead(503).end();
const server = createServer((request, answer) => handle(request, answer));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
console.log(port);

const lines = createInterface({ input: process.stdin });
const [line] = await once(lines, "line");
const { redirect, secret, email } = JSON.parse(line);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "sinetti", client_secret: secret, redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"], id_token_signed_response_alg: alg }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, email, email_verified: true }) }),
  jwks: { keys: [key(kinds[alg], "signing"), ...(alg === "RS256" ? [] : [key(kinds.RS256, "other")])] },
  cookies: { keys: [secret] },
  pkce: { required: () => true, methods: ["S256"] },
});
handle = provider.callback();
lines.on("close", () => process.exit(0));
console.log("ready");
