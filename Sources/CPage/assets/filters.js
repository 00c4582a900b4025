// What is left out of a search: kinds, folders, days, doubtful hits, channels.
import * as address from "./address.js";
import { icon, make } from "./dom.js";
import { channelNames, kinds, percent } from "./format.js";

const none = { kinds: [], path: "", since: "", until: "", confidence: 0, channels: [] };

/// How many filters are set.
export function count(place) {
  return [place.kinds.length > 0, place.path.trim(), place.since, place.until, place.confidence > 0, place.channels.length > 0]
    .filter(Boolean).length;
}

export const clear = () => address.go(none);

/// Draws the filters into `root` and keeps them as the address says.
export function startFilters(root) {
  const change = (changes) => address.go(changes, { replace: false });
  const kindBoxes = Object.entries(kinds).map(([name, { label }]) => {
    const box = make("input", { type: "checkbox", class: "unseen", value: name, onchange: () => change({ kinds: checked(kindBoxes) }) });
    return { box, element: make("label", { class: "pill" }, box, icon(name, 16), label) };
  });
  const channelBoxes = address.channels.map((name) => {
    const box = make("input", {
      type: "checkbox", value: name, onchange: () => {
        const chosen = checked(channelBoxes);
        // None would find nothing, and all is what an empty list means.
        change({ channels: chosen.length === address.channels.length ? [] : chosen });
      },
    });
    return { box, element: make("label", { class: "check" }, box, channelNames[name]) };
  });
  const path = make("input", { type: "text", placeholder: "*/talks/*", spellcheck: "false", onchange: () => change({ path: path.value }) });
  const since = make("input", { type: "date", onchange: () => change({ since: since.value }) });
  const until = make("input", { type: "date", onchange: () => change({ until: until.value }) });
  const sureness = make("output", {});
  const confidence = make("input", {
    type: "range", min: "0", max: "0.99", step: "0.01", "aria-label": "Least confidence",
    oninput: () => tellSureness(Number(confidence.value)),
    onchange: () => change({ confidence: Number(confidence.value) }),
  });
  const tellSureness = (share) => { sureness.textContent = share > 0 ? percent(share) : "any"; };

  const panel = make("div", { class: "filter-panel", id: "filter-panel", hidden: true },
    make("label", { class: "field" }, "Files whose path matches", path),
    make("label", { class: "field" }, "Changed on or after", since),
    make("label", { class: "field" }, "Changed on or before", until),
    make("div", { class: "field" }, make("span", { "aria-hidden": "true" }, "At least this sure"),
      make("div", { class: "range-row" }, confidence, sureness)),
    make("fieldset", {}, make("legend", {}, "Look with"), channelBoxes.map(({ element }) => element)));
  const number = make("span", { class: "pill-count" });
  const opener = make("button", {
    type: "button", class: "pill", "aria-expanded": "false", "aria-controls": "filter-panel",
    onclick: () => {
      panel.hidden = !panel.hidden;
      opener.setAttribute("aria-expanded", String(!panel.hidden));
    },
  }, icon("sliders", 16), "More filters", number);
  const clearer = make("button", { type: "button", class: "text-button", onclick: clear }, icon("close", 15), "Clear filters");

  root.append(make("div", { class: "filter-row", role: "group", "aria-label": "Filters" }, kindBoxes.map(({ element }) => element), opener, clearer), panel);

  return function show(place) {
    kindBoxes.forEach(({ box }) => { box.checked = place.kinds.includes(box.value); });
    channelBoxes.forEach(({ box }) => { box.checked = place.channels.length === 0 || place.channels.includes(box.value); });
    path.value = place.path;
    since.value = place.since;
    until.value = place.until;
    confidence.value = String(place.confidence);
    tellSureness(place.confidence);
    const hidden = count({ ...place, kinds: [] });
    number.textContent = hidden > 0 ? String(hidden) : "";
    number.hidden = hidden === 0;
    clearer.hidden = count(place) === 0;
  };
}

const checked = (boxes) => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
