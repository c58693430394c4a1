// The server under test: one that runs already (CONSOLE_URL), the stand-in (CONSOLE_SERVER=stand-in), or the bundle.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { standIn } from "./stand-in.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUNDLE = process.env.CAMPANILE ?? `${ROOT}target/debug/campanile`;
/** Whether the server is the bundle without optimisation, whose answers take several times as long as those of a release. */
export const IS_DEBUG_BUILD = !process.env.CONSOLE_URL && process.env.CONSOLE_SERVER !== "stand-in" && BUNDLE.includes("/debug/");
export const API_TOKEN = process.env.CONSOLE_TOKEN ?? "campanile-development-api";
const NETDATA_TOKEN = process.env.CONSOLE_NETDATA_TOKEN ?? "campanile-development-netdata";

/** A server with nothing in it, unless it ran before. */
export async function startServer() {
  if (process.env.CONSOLE_URL) return new Server(process.env.CONSOLE_URL, () => {});
  if (process.env.CONSOLE_SERVER === "stand-in") return startStandIn();
  const { url, stop } = await bundle();
  return new Server(url, stop);
}

export async function startStandIn() {
  const { url, stop } = await standIn();
  return new Server(url, stop);
}

/** A bundle of its own whose people are those of the issuer at `issuer`; null where another server is under test. */
export async function startWithIssuer(issuer) {
  if (process.env.CONSOLE_URL || process.env.CONSOLE_SERVER === "stand-in") return null;
  const roles = [{ claim: "/groups", value: "staff", role: "read" }, { claim: "/groups", value: "ops", role: "write" }];
  const { url, stop } = await bundle({
    "campanile/oidc": { issuers: [{ name: "corp", issuer, client_id: "campanile", roles }] },
    "campanile/session": { key: "a key of sessions that is long enough" },
  });
  return new Server(url, stop);
}

async function bundle(more = {}) {
  const options = ["--in-memory", "--listen", "127.0.0.1:0", "--secrets", secretsWithReader(more)];
  const process = spawn(BUNDLE, ["up", ...options], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  const failed = new Promise((_, reject) => {
    process.once("error", reject);
    process.once("exit", (code) => reject(new Error(`${BUNDLE} ended with ${code} before it was ready`)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input: process.stdout });
  const ready = new Promise((resolve) => lines.on("line", (line) => line.includes("ready on ") && resolve(line.split("ready on ")[1].trim())));
  return { url: `${await Promise.race([ready, failed])}/`, stop: () => process.kill() };
}

/** The development secrets, a token that may read only, and `more`, in a file. */
function secretsWithReader(more) {
  const secrets = JSON.parse(readFileSync(`${ROOT}infra/development-secrets.json`, "utf8"));
  secrets["campanile/api"].tokens.push({ token: "campanile-development-reader", name: "reader", role: "read" });
  mkdirSync(`${ROOT}target/console`, { recursive: true });
  const file = `${ROOT}target/console/secrets${Object.keys(more).length}.json`;
  writeFileSync(file, JSON.stringify({ ...secrets, ...more }));
  return file;
}

class Server {
  constructor(url, stop) {
    this.url = url;
    this.stop = stop;
  }

  /** Posts a body to Netdata's webhook; the answer's status. */
  async post(body) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(new URL(`netdata/${NETDATA_TOKEN}`, this.url), { method: "POST", headers, body: JSON.stringify(body) });
    await response.text();
    return response.status;
  }

  /** Lets alerts fire, several at a time. */
  async fire(...notifications) {
    for (let from = 0; from < notifications.length; from += 8) {
      const statuses = await Promise.all(notifications.slice(from, from + 8).map((body) => this.post(body)));
      const refused = statuses.find((status) => status !== 200);
      if (refused) throw new Error(`the webhook answered ${refused}`);
    }
  }

  /** Reads a path of the API. */
  async get(path) {
    const response = await fetch(new URL(path, this.url), { headers: { authorization: `Bearer ${API_TOKEN}` } });
    return response.ok ? response.json() : Promise.reject(new Error(`${path}: ${response.status}`));
  }

  /** Whether the server has a path; what it lacks is skipped, and said so. */
  async offers(method, path) {
    const headers = { authorization: `Bearer ${API_TOKEN}`, "content-type": "application/json" };
    const response = await fetch(new URL(path, this.url), { method, headers, body: method === "POST" ? "{}" : undefined });
    const answer = await response.json().catch(() => ({}));
    return response.status !== 405 && !(answer.error?.message ?? "").startsWith("there is no such path");
  }
}
