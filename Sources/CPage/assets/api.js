// Everything that is asked of the server: JSON, problems, and event streams.

/// An error as the server tells it (RFC 9457), or as we do when it does not answer.
export class Problem extends Error {
  constructor(status, title, detail, errors = [], retryAfter = null) {
    super(detail);
    this.status = status;
    this.title = title;
    this.errors = errors;
    /// Seconds, when the server said when to come back.
    this.retryAfter = retryAfter;
  }
}

const silent = () => new Problem(
  0, "No answer", "reel does not answer at this address. Is “reel serve” still running?");

async function problemOf(response) {
  const wait = Number(response.headers.get("Retry-After"));
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null;
  try {
    const said = await response.json();
    const detail = said.detail ?? said.error?.message ?? `The server answered ${response.status}.`;
    return new Problem(response.status, said.title ?? "Error", detail, said.errors ?? [], retryAfter);
  } catch {
    return new Problem(
      response.status, "Error", `The server answered ${response.status} without saying why.`, [],
      retryAfter);
  }
}

/// A response with a status below 300; anything else is thrown as a Problem. An abort is thrown
/// as it is.
async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw silent();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

const json = { "Content-Type": "application/json" };

export async function get(path, signal) {
  const response = await ask(path, { signal, headers: { Accept: "application/json" } });
  return response.json();
}

export async function post(path, body, signal) {
  const response = await ask(path, {
    method: "POST", signal, headers: { ...json, Accept: "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  return response.status === 204 ? null : response.json();
}

export async function remove(path) {
  await ask(path, { method: "DELETE" });
}

/// What the server has to say of a file that it does not hand out; null when it does. A byte is
/// asked for, since only a GET's problem comes in words.
export async function missing(path) {
  try {
    await (await ask(path, { headers: { Range: "bytes=0-0" } })).body?.cancel();
    return null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return problem;
  }
}

/// The options of a POST of this request, with a picture as multipart.
function posted(request, picture) {
  if (!picture) return { headers: json, body: JSON.stringify(request) };
  const form = new FormData();
  form.append("request", new Blob([JSON.stringify(request)], { type: "application/json" }));
  form.append("image", picture, "picture");
  return { headers: {}, body: form };
}

/// A file made by the server: its bytes and its name.
export async function download(path, request, picture) {
  const { headers, body } = posted(request, picture);
  const response = await ask(path, { method: "POST", headers, body });
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  return { blob: await response.blob(), name: named?.[1] ?? "reel" };
}

/// Posts and hands on each event of the answer's stream. A server that answers with one document
/// instead gives one event, `whole`.
export async function postForEvents(path, { request, picture, signal }, onEvent) {
  const { headers, body } = posted(request, picture);
  const response = await ask(path, {
    method: "POST", signal, body, headers: { ...headers, Accept: "text/event-stream" },
  });
  await readEvents(response, onEvent);
}

/// The events of a stream that is there to be watched.
export async function watch(path, signal, onEvent) {
  const response = await ask(path, { signal, headers: { Accept: "text/event-stream" } });
  await readEvents(response, onEvent);
}

async function readEvents(response, onEvent) {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("text/event-stream")) return onEvent("whole", await response.json());
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) deliver(block, onEvent);
    }
  } catch (error) {
    // A connection that breaks off is an error of the network, and of nothing else.
    if (error instanceof TypeError) throw silent();
    throw error;
  } finally {
    reader.cancel().catch(() => {});
  }
}

function deliver(block, onEvent) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (data.length === 0) return;
  const document = JSON.parse(data.join("\n"));
  if (name === "error") {
    throw new Problem(
      document.status ?? 500, document.title ?? "Error", document.detail ?? "The search failed.",
      document.errors ?? []);
  }
  onEvent(name, document);
}

let offered = null;

/// The addresses this server has: /openapi.json's paths, asked once.
export function offers(path) {
  offered ??= get("/openapi.json").then((api) => new Set(Object.keys(api.paths ?? {})), () => new Set());
  return offered.then((paths) => paths.has(path));
}

const assets = new Map();

/// An asset with its key frames and passages; kept for a while, as a preview and the player both
/// want it.
export function asset(id) {
  if (!assets.has(id)) {
    if (assets.size >= 40) assets.delete(assets.keys().next().value);
    const asked = get(`/v1/assets/${encodeURIComponent(id)}`);
    asked.catch(() => assets.delete(id));
    assets.set(id, asked);
  }
  return assets.get(id);
}

/// Forgets what was kept: the library has changed.
export const forgetAssets = () => assets.clear();
