// A stand-in for an issuer of OpenID Connect: whoever comes is Ana, and in the groups that the test says.

import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A running issuer; `groups` may be changed, and `knows` whether it would have to ask. */
export async function issuer() {
  const here = { groups: ["ops"], knows: true, url: "", codes: new Map() };
  const server = createServer((request, response) => answer(here, request, response));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  here.url = `http://127.0.0.1:${server.address().port}`;
  here.stop = () => server.close();
  return here;
}

async function answer(here, request, response) {
  const url = new URL(request.url, here.url);
  const json = (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  const paths = {
    "/.well-known/openid-configuration": () => json({
      issuer: here.url, authorization_endpoint: `${here.url}/authorize`, token_endpoint: `${here.url}/token`,
      jwks_uri: `${here.url}/keys`, end_session_endpoint: `${here.url}/end`,
    }),
    "/keys": () => json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }] }),
    "/authorize": () => response.writeHead(302, { location: back(here, url.searchParams) }).end(),
    "/token": async () => json({ id_token: token(here, new URLSearchParams(await read(request))), access_token: "opaque" }),
    "/end": () => response.writeHead(302, { location: url.searchParams.get("post_logout_redirect_uri") }).end(),
  };
  const act = paths[url.pathname] ?? (() => response.writeHead(404).end());
  await act();
}

function back(here, asked) {
  const to = new URL(asked.get("redirect_uri"));
  to.searchParams.set("state", asked.get("state"));
  if (asked.get("prompt") === "none" && !here.knows) {
    to.searchParams.set("error", "login_required");
  } else {
    const code = randomUUID();
    here.codes.set(code, asked);
    to.searchParams.set("code", code);
  }
  return to.href;
}

function token(here, form) {
  const asked = here.codes.get(form.get("code"));
  const challenge = createHash("sha256").update(form.get("code_verifier")).digest("base64url");
  if (challenge !== asked.get("code_challenge")) throw new Error("the verifier is not that of the challenge");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: here.url, aud: "campanile", sub: "1", name: "Ana", groups: here.groups, nonce: asked.get("nonce"), iat: now, exp: now + 300,
  };
  const signed = [{ alg: "RS256", kid: "one" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

async function read(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
