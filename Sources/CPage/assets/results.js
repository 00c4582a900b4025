// The list of hits. A later stage of the same search moves rows to their new places and changes
// only what changed, so that nothing jumps under the pointer or the focus.
import * as address from "./address.js";
import * as evidence from "./evidence.js";
import { icon, make, toast, wantsLessMotion } from "./dom.js";
import { clock, fileName, folder, kinds, span } from "./format.js";
import { line, previewOnHover, thumb } from "./thumbs.js";

const keyOf = (hit) => `${hit.asset.id}@${hit.moment.start_seconds}`;

/// A list that can be shown again and again.
export function resultList() {
  const list = make("ol", { class: "results", "aria-label": "Moments found" });
  let rows = new Map();

  function show(hits) {
    const places = new Map([...rows].map(([key, row]) => [key, row.element.getBoundingClientRect().top]));
    const next = new Map();
    for (const hit of hits) {
      const key = keyOf(hit);
      const text = JSON.stringify({ ...hit, rank: 0 });
      const old = rows.get(key);
      if (old && old.text === text) {
        next.set(key, old);
        continue;
      }
      const wasOpen = old?.element.querySelector(".evidence") !== null && old !== undefined;
      const focused = old?.element.contains(document.activeElement);
      const element = resultRow(hit, wasOpen);
      if (old) {
        old.element.replaceWith(element);
        if (focused) element.querySelector(".hit-open").focus({ preventScroll: true });
      }
      next.set(key, { element, text, hit });
    }
    for (const [key, row] of rows) if (!next.has(key)) row.element.remove();
    rows = next;
    let cursor = list.firstElementChild;
    for (const row of rows.values()) {
      if (row.element === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(row.element, cursor);
    }
    glide(places);
    markOpen();
  }

  /// Rows that moved arrive from where they were.
  function glide(places) {
    if (wantsLessMotion()) return;
    for (const [key, row] of rows) {
      const before = places.get(key);
      const by = before === undefined ? 0 : before - row.element.getBoundingClientRect().top;
      if (before === undefined) row.element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 160 });
      else if (Math.abs(by) > 2) {
        row.element.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }],
          { duration: 260, easing: "cubic-bezier(.2,.7,.3,1)" });
      }
    }
  }

  /// Marks the hit that is open in the player, and leads each to itself from where we are.
  function markOpen() {
    const place = address.current();
    for (const { element, hit } of rows.values()) {
      const link = element.querySelector(".hit-open");
      link.href = address.write({ ...place, ...opening(hit) });
      const open = place.asset === hit.asset.id && Math.abs(place.start - hit.moment.start_seconds) < 0.02;
      element.classList.toggle("is-open", open);
      if (open) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  return { list, show, markOpen, hits: () => [...rows.values()].map((row) => row.hit) };
}

/// What opens a hit: its asset at its moment.
export const opening = (hit) => ({
  asset: hit.asset.id, start: hit.moment.start_seconds, end: hit.moment.end_seconds,
});

/// The words with those that matched marked.
function words(hit) {
  if (!hit.snippet) return null;
  // A file's name is above already, unless its words are what was looked for.
  const plain = (text) => text.toLowerCase().replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (plain(hit.snippet) === plain(fileName(hit.asset.path)) && !hit.highlights?.some((piece) => piece.matched)) return null;
  const pieces = hit.highlights?.length > 0 ? hit.highlights : [{ text: hit.snippet, matched: false }];
  return make("p", { class: "hit-words" },
    pieces.map((piece) => (piece.matched ? make("mark", {}, piece.text) : piece.text)));
}

function resultRow(hit, isExpanded) {
  const { asset, moment } = hit;
  const kind = kinds[asset.kind] ?? kinds.text;
  const timed = asset.duration_seconds > 0;
  const when = timed ? span(moment.start_seconds, moment.end_seconds) : kind.one;
  const picture = thumb(hit.links?.thumbnail, asset.kind, timed ? clock(asset.duration_seconds) : "");
  const open = make("a", {
    class: "hit-open", href: "#",
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      address.go(opening(hit), { replace: address.current().asset !== null });
    },
  }, asset.title ?? fileName(asset.path), make("span", { class: "unseen" }, timed ? `, play at ${when}` : ", open"));

  const row = make("li", { class: "hit" });
  const toggle = () => {
    const shown = row.querySelector(".evidence");
    if (shown) shown.remove();
    else row.append(evidence.details(hit));
    reason.setAttribute("aria-expanded", String(!shown));
  };
  const reason = evidence.why(hit, toggle);
  const alike = make("button", { type: "button", class: "text-button", "data-does": "alike", onclick: () => moreLike(asset.id, moment.start_seconds) },
    icon("alike", 17), make("span", {}, "More like this"));
  const copy = make("button", { type: "button", class: "text-button", "data-does": "link", onclick: () => copyLink(opening(hit)) },
    icon("link", 17), make("span", {}, "Copy link"));
  row.append(picture, make("div", { class: "hit-body" },
    make("div", { class: "hit-head" }, make("h3", { class: "hit-title" }, open),
      make("div", { class: "hit-tools" }, alike, copy)),
    make("p", { class: "hit-where" },
      make("time", { class: "moment" }, when),
      make("span", { class: "folder", title: asset.path }, make("bdi", {}, folder(asset.path)))),
    words(hit),
    line(asset.duration_seconds, moment.start_seconds, moment.end_seconds),
    reason));
  previewOnHover(row, picture, hit);
  if (isExpanded) toggle();
  return row;
}

/// A new search: the same filters, no words, only what is like this moment.
export function moreLike(asset, seconds) {
  address.go({ view: "search", query: "", top: address.fewest, picture: null, like: { asset, seconds } });
  scrollTo({ top: 0 });
}

/// A link to a moment, on the clipboard.
export async function copyLink(moment) {
  const text = address.link({ ...moment, picture: null });
  try {
    await navigator.clipboard.writeText(text);
    toast("The link to this moment is on the clipboard.");
  } catch {
    toast("The browser did not let the link be copied. It is in the address bar once the moment is open.");
  }
}
