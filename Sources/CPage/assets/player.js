// The panel that plays: a file at its moment, with its timeline beside it.
import * as address from "./address.js";
import * as api from "./api.js";
import { announce, byId, icon, make, ownAddress } from "./dom.js";
import { beside } from "./beside.js";
import { clock, fileName, folder, span, spokenTime } from "./format.js";
import { copyLink, moreLike, opening } from "./results.js";
import { hits } from "./search.js";
import { screen } from "./screen.js";
import { problemState } from "./states.js";
import { track } from "./track.js";

const narrow = matchMedia("(max-width: 67.99rem)");

/// What is open: null, or the asset with its parts.
let open = null;
/// What had the focus before, to give it back.
let opener = null;

export const isOpen = () => !byId("player").hidden;

/// The video or the sound that is open.
export const media = () => open?.media ?? null;

export function startPlayer() {
  narrow.addEventListener("change", holdPage);
}

/// Opens, seeks in, or closes the player as the place says.
export async function showPlayer(place, before) {
  if (place.asset === null) return close();
  if (open?.id === place.asset && before.asset === place.asset) {
    if (open.start !== place.start || open.end !== place.end) await fill(place, open.known, true);
    return;
  }
  if (!isOpen()) opener = document.activeElement;
  const panel = byId("player");
  stop();
  open = { id: place.asset };
  panel.hidden = false;
  byId("stage").classList.add("with-player");
  holdPage();
  try {
    const known = await api.asset(place.asset);
    if (address.current().asset === place.asset) await fill(place, known, before.asset !== place.asset);
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    if (address.current().asset !== place.asset) return;
    panel.replaceChildren(head("This file", ""), problemState(problem, () => showPlayer(place, { asset: null })));
    panel.querySelector(".player-head button").focus();
  }
}

function stop() {
  const playing = media();
  if (!playing) return;
  playing.pause();
  playing.removeAttribute("src");
  playing.load();
}

function close() {
  if (!isOpen()) return;
  stop();
  open = null;
  byId("player").hidden = true;
  byId("player").replaceChildren();
  byId("stage").classList.remove("with-player");
  holdPage();
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

/// On a narrow page the player covers the rest, which then takes no focus.
function holdPage() {
  const covers = isOpen() && narrow.matches;
  for (const id of ["main", "bar"]) byId(id).inert = covers;
  document.body.classList.toggle("has-sheet", covers);
}

function head(title, path) {
  return make("div", { class: "player-head" },
    make("div", {}, make("h2", { id: "player-title" }, title), make("p", {}, path)),
    make("button", { type: "button", class: "icon-button", "aria-label": "Close the player", title: "Close (Esc)", onclick: address.closeAsset }, icon("close", 20)));
}

async function fill(place, known, plays) {
  const { asset, frames, passages } = known;
  const moment = { start: place.start, end: place.end };
  // Another moment of the same file: what plays stays, and moves.
  const stays = open?.known === known;
  const shown = stays ? open.shown : screen(known, moment.start);
  const timed = asset.duration_seconds > 0 && shown.media !== null;
  open?.listening?.abort();
  if (!stays) stop();
  else if (shown.media) shown.media.currentTime = moment.start;
  open = { id: asset.id, known, shown, listening: new AbortController(), media: shown.media, start: moment.start, end: moment.end, repeats: false };
  const line = timed ? track({ duration: asset.duration_seconds, moment, frames, passages, seek }) : null;
  const lists = beside({ frames, passages: asset.kind === "text" ? [] : passages, seek, start: moment.start });
  const now = make("span", { class: "now" }, clock(moment.start));
  const panel = byId("player");
  panel.setAttribute("aria-label", `Player: ${fileName(asset.path)}`);
  const parts = [head(asset.title ?? fileName(asset.path), folder(asset.path)), shown.element, line?.element,
    timed ? make("div", { class: "track-times" }, now,
      moment.end !== null ? make("span", { class: "moment" }, `moment ${span(moment.start, moment.end)}`) : null,
      make("span", {}, clock(asset.duration_seconds))) : null,
    tools(asset, moment, timed), lists.element].filter(Boolean);
  // A video that is taken out of the page, even for a moment, stops.
  for (const old of [...panel.children]) if (old !== shown.element) old.remove();
  const middle = parts.indexOf(shown.element);
  if (stays) {
    shown.element.before(...parts.slice(0, middle));
    shown.element.after(...parts.slice(middle + 1));
  } else {
    panel.replaceChildren(...parts);
  }
  if (shown.media) {
    const mine = open;
    shown.media.addEventListener("timeupdate", () => {
      const seconds = shown.media.currentTime;
      line?.tell(seconds);
      lists.tell(seconds);
      now.textContent = clock(seconds);
      if (mine.repeats && moment.end !== null && seconds > moment.end + 0.1) shown.media.currentTime = moment.start;
    }, { signal: mine.listening.signal });
  }
  // The focus goes in only where the player covers the rest: elsewhere the arrows go on from hit to hit.
  if (narrow.matches) panel.querySelector(".player-head button").focus({ preventScroll: true });
  announce(timed ? `Playing ${fileName(asset.path)} at ${spokenTime(moment.start)}.` : `Showing ${fileName(asset.path)}.`);
  // Without a click or a key first, browsers refuse to start sound: then it waits at the moment.
  if (plays) await shown.media?.play().catch(() => {});
}

/// Plays from there.
export function seek(seconds) {
  const playing = media();
  if (!playing) return;
  playing.currentTime = seconds;
  playing.play().catch(() => {});
}

/// Space: play or pause.
export function playOrPause() {
  const playing = media();
  if (!playing) return;
  if (playing.paused) playing.play().catch(() => {});
  else playing.pause();
}

export function skip(seconds) {
  const playing = media();
  if (playing) playing.currentTime = Math.max(0, playing.currentTime + seconds);
}

/// Where it stands: what a link to it, or a search for the like, means.
export const here = () => ({ asset: open?.id ?? null, start: media()?.currentTime ?? open?.start ?? 0, end: null });

/// The hit before or after the one that is open; null where there is none.
function neighbour(step) {
  const place = address.current();
  const all = hits();
  const index = all.findIndex((hit) => hit.asset.id === place.asset && Math.abs(hit.moment.start_seconds - place.start) < 0.02);
  return index < 0 ? null : all[index + step] ?? null;
}

export function openNeighbour(step) {
  const hit = neighbour(step);
  if (hit) address.go(opening(hit), { replace: true });
}

function tools(asset, moment, timed) {
  const button = (sign, words, act, attributes = {}) =>
    make("button", { type: "button", class: "text-button", onclick: act, ...attributes }, icon(sign, 17), words);
  const file = ownAddress(asset.links?.media);
  const repeat = timed && moment.end !== null
    ? button("repeat", "Repeat", (event) => {
      open.repeats = !open.repeats;
      event.currentTarget.setAttribute("aria-pressed", String(open.repeats));
      if (open.repeats) seek(moment.start);
    }, { "aria-pressed": "false", title: "Play the moment again and again" })
    : null;
  return make("div", { class: "player-tools", role: "group", "aria-label": "With this moment" },
    neighbour(-1) ? button("previous", "Previous", () => openNeighbour(-1)) : null,
    neighbour(1) ? button("next", "Next", () => openNeighbour(1)) : null,
    repeat,
    button("alike", "More like this", () => moreLike(asset.id, here().start)),
    button("link", "Copy link", () => {
      const from = here();
      const unmoved = moment.end !== null && from.start >= moment.start && from.start <= moment.end;
      copyLink(unmoved ? { asset: asset.id, ...moment } : from);
    }),
    file ? make("a", { class: "text-button", href: file, download: fileName(asset.path) }, icon("download", 17), "Save") : null);
}
