// The API, reached relative to the page, so that a stage in front of the path does no harm.

const TOKEN = "campanile-token";

/** An answer other than the hoped-for one; `status` 0 is no answer at all. */
class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The token of this tab, or the one that this device keeps; null where there is none. */
function token() {
  return sessionStorage.getItem(TOKEN) ?? remembered(TOKEN);
}

/** Reads `path`; a parameter may be a list, and blank ones are left out. */
function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== "" && one !== undefined) query.append(name, one);
  }
  return call("GET", query.size ? `${path}?${query}` : path, undefined, signal);
}

/** Answers by address, each with its name: one that has not changed is not sent again. */
const answers = new Map();
const MOST_ANSWERS = 60;

function forgetAnswers() {
  answers.clear();
}

function remembering(path, tag, answer) {
  answers.delete(path);
  if (tag) answers.set(path, { tag, answer });
  if (answers.size > MOST_ANSWERS) answers.delete(answers.keys().next().value);
}

/** Reads a page of at most `limit` items; where the server finds that too much for one answer, a tenth of it. */
async function getPage(path, limit, parameters, signal) {
  try {
    return await get(path, { ...parameters, limit }, signal);
  } catch (error) {
    if (error.status !== 400) throw error;
    return get(path, { ...parameters, limit: Math.ceil(limit / 10) }, signal);
  }
}

/** Changes something; `body` becomes JSON. */
function send(method, path, body = {}) {
  return call(method, path, method === "DELETE" ? undefined : JSON.stringify(body));
}

/** What `answer` brings, or null where this server has no such path. */
function ifOffered(answer) {
  return unless([404, 405, 501], answer);
}

/** What `answer` brings, or null where there is no such entry, or its name cannot be one. */
function ifThere(answer) {
  return unless([400, 404, 422], answer);
}

async function unless(statuses, answer) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && statuses.includes(error.status)) return null;
    throw error;
  }
}

async function call(method, path, body, signal) {
  const headers = token() === null ? { accept: "application/json" } : { authorization: `Bearer ${token()}`, accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const known = method === "GET" ? answers.get(path) : undefined;
  if (known) headers["if-none-match"] = known.tag;
  const url = new URL(path, location.origin + base());
  const options = { method, headers, body, signal, cache: "no-store", redirect: "error" };
  const response = await fetch(url, options).catch((error) => {
    throw error.name === "AbortError" ? error : new Refusal(0, "network", "The server cannot be reached.");
  });
  if (response.status === 304 && known) return known.answer;
  const answer = response.status === 204 ? null : await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) {
    if (method === "GET") remembering(path, response.headers.get("etag"), answer);
    return answer;
  }
  throw refusal(response.status, answer);
}

/** The page's folder: a stage may be asked for with or without the slash at its end. */
function base() {
  return location.pathname.endsWith("/") ? location.pathname : `${location.pathname}/`;
}

function refusal(status, answer) {
  const { code, message } = answer?.error ?? answer ?? {};
  return new Refusal(status, code ?? "unreadable", message ?? `The server answered ${status} without a reason.`);
}
