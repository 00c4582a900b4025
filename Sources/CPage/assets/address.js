// What the page shows, as the part of its address after #: so that back, forward, reload and a
// link sent to a colleague all show the same.

/// @typedef {object} Place
/// @property {string} view `search`, `library`, …
/// @property {string} query
/// @property {string[]} kinds
/// @property {string} path glob
/// @property {string} since day, `2024-01-31`
/// @property {string} until
/// @property {number} confidence least, 0…1
/// @property {number} top how many moments
/// @property {string[]} channels empty for all
/// @property {{asset: string, seconds: number} | null} like
/// @property {string | null} picture key of a picture in this page's memory
/// @property {string | null} asset what is open in the player
/// @property {number} start of the open moment, seconds
/// @property {number | null} end

export const channels = ["keywords", "frames", "meaning"];

/// Moments shown at first, and at most.
export const [fewest, most] = [10, 100];

/// @returns {Place}
export function read(hash) {
  const items = new URLSearchParams(hash.replace(/^#/, ""));
  const time = (name) => Math.max(0, Number(items.get(name)) || 0);
  const like = /^([^@]+)@([\d.]+)$/.exec(items.get("like") ?? "");
  return {
    view: items.get("view") ?? "search",
    query: items.get("q") ?? "",
    kinds: items.getAll("kind"),
    path: items.get("path") ?? "",
    since: items.get("since") ?? "",
    until: items.get("until") ?? "",
    confidence: Math.min(0.999, time("sure")),
    top: Math.min(most, Math.max(fewest, Math.floor(time("top")))),
    channels: items.getAll("channel").filter((name) => channels.includes(name)),
    like: like ? { asset: like[1], seconds: Number(like[2]) || 0 } : null,
    picture: items.get("picture"),
    asset: items.get("asset"),
    start: time("t"),
    end: items.has("end") ? time("end") : null,
  };
}

/// @param {Place} place
export function write(place) {
  const items = new URLSearchParams();
  const add = (name, value) => { if (value) items.append(name, value); };
  if (place.view !== "search") add("view", place.view);
  add("q", place.query);
  place.kinds.forEach((kind) => add("kind", kind));
  add("path", place.path);
  add("since", place.since);
  add("until", place.until);
  add("sure", place.confidence);
  if (place.top !== fewest) add("top", place.top);
  place.channels.forEach((name) => add("channel", name));
  if (place.like) add("like", `${place.like.asset}@${rounded(place.like.seconds)}`);
  add("picture", place.picture);
  add("asset", place.asset);
  if (place.asset) {
    add("t", rounded(place.start));
    if (place.end !== null && place.end > place.start) add("end", rounded(place.end));
  }
  const text = items.toString();
  return text === "" ? "#" : `#${text}`;
}

const rounded = (seconds) => Math.round(seconds * 100) / 100;

/// Whether anything is looked for.
export const isSearch = (place) => place.query.trim() !== "" || place.like !== null || place.picture !== null;

/// The same search, whatever is open beside it.
export function searchKey(place) {
  return write({ ...place, view: "search", asset: null });
}

/// As POST /v1/search takes it.
export function searchRequest(place) {
  const request = { query: place.query.trim(), top: place.top };
  if (place.kinds.length > 0) request.kind = place.kinds;
  if (place.path.trim() !== "") request.path = place.path.trim();
  if (place.since !== "") request.since = place.since;
  if (place.until !== "") request.until = place.until;
  if (place.confidence > 0) request.min_confidence = place.confidence;
  if (place.channels.length > 0) request.channels = place.channels;
  if (place.like) request.like = { asset: place.like.asset, time_seconds: place.like.seconds };
  return request;
}

let shown = read(location.hash);
const listeners = [];

export const current = () => shown;

export function onChange(listener) {
  listeners.push(listener);
}

/// Goes there: `changes` to what is shown. `replace` leaves no step for Back.
export function go(changes, { replace = false } = {}) {
  const next = { ...shown, ...changes };
  const address = write(next);
  const same = address === write(shown);
  const opens = !replace && next.asset !== null && shown.asset === null;
  const mine = { openedFrom: opens ? write(shown) : replace ? history.state?.openedFrom ?? null : null };
  if (replace || same) history.replaceState(mine, "", address);
  else history.pushState(mine, "", address);
  arrive(next);
}

/// Closes the player; Back then leads where it would have led before.
export function closeAsset() {
  if (shown.asset === null) return;
  const without = write({ ...shown, asset: null, start: 0, end: null });
  if (history.state?.openedFrom === without) history.back();
  else go({ asset: null, start: 0, end: null }, { replace: true });
}

/// The whole address of a place, to be sent to somebody.
export function link(changes) {
  return location.origin + location.pathname + write({ ...shown, ...changes });
}

function arrive(next) {
  const before = shown;
  shown = next;
  listeners.forEach((listener) => listener(next, before));
}

addEventListener("popstate", () => arrive(read(location.hash)));
