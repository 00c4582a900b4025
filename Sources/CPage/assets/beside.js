// Beside the player: the key frames and the words of the file, each a way to its place.
import { make, wantsLessMotion } from "./dom.js";
import { clock, sources, spokenTime } from "./format.js";
import { thumb } from "./thumbs.js";

/// @returns {{element: HTMLElement, tell: (seconds: number) => void}} `tell` marks what is on now.
export function beside({ frames, passages, seek, start }) {
  const element = make("div", { class: "beside", tabindex: "-1" });
  const film = frames.map((frame) => ({
    start: frame.start_seconds, end: frame.end_seconds,
    element: make("button", { type: "button", "aria-label": `Key frame at ${spokenTime(frame.time_seconds)}`, onclick: () => seek(frame.start_seconds) },
      thumb(frame.thumbnail, "video", clock(frame.time_seconds)), caption(frame, passages)),
  }));
  const inTime = (passage) => Number.isFinite(passage.start_seconds) && passage.end_seconds > passage.start_seconds;
  // What is seen stands below its key frame, not among the words.
  const timed = passages.filter((passage) => inTime(passage) && passage.source !== "tag")
    .sort((one, other) => one.start_seconds - other.start_seconds);
  const spoken = timed.map((passage) => ({
    start: passage.start_seconds, end: passage.end_seconds,
    element: make("button", { type: "button", onclick: () => seek(passage.start_seconds) },
      make("time", {}, clock(passage.start_seconds)), make("span", { class: "text" }, passage.text), source(passage)),
  }));
  const untimed = passages.filter((passage) => !inTime(passage));

  if (film.length > 1) {
    element.append(make("h3", {}, "Key frames"), make("div", { class: "film" }, film.map((frame) => frame.element)));
  }
  if (spoken.length > 0) {
    element.append(make("h3", {}, "Words"), make("ol", { class: "passages" }, spoken.map((passage) => make("li", {}, passage.element))));
  }
  if (untimed.length > 0) {
    element.append(make("h3", {}, "Of the whole file"), make("ul", { class: "untimed" },
      untimed.map((passage) => make("li", {}, passage.text, " ", source(passage)))));
  }
  if (element.childElementCount === 0) element.append(make("p", {}, "Nothing is known of this file but its name."));

  let marked = new Set();
  let follows = false; // not before the first mark: it opens at its top
  function tell(seconds) {
    const on = [...film.filter((each) => each.start <= seconds + 0.05 && seconds < each.end - 0.05).slice(0, 1),
      ...spoken.filter((each) => each.start <= seconds + 0.05 && seconds < each.end)];
    const now = new Set(on.map((each) => each.element));
    if (now.size === marked.size && [...now].every((each) => marked.has(each))) return;
    for (const each of marked) if (!now.has(each)) each.removeAttribute("aria-current");
    for (const each of now) {
      if (marked.has(each)) continue;
      each.setAttribute("aria-current", "true");
      if (follows && !element.matches(":hover, :focus-within")) bringIntoView(each);
    }
    marked = now;
    follows = true;
  }

  /// Within its own list only: the page does not move.
  function bringIntoView(each) {
    const list = each.closest(".film") ?? element;
    const [inner, outer] = [each.getBoundingClientRect(), list.getBoundingClientRect()];
    const behavior = wantsLessMotion() ? "auto" : "smooth";
    if (list === element) {
      if (inner.top < outer.top || inner.bottom > outer.bottom) list.scrollBy({ top: inner.top - outer.top - outer.height / 3, behavior });
    } else if (inner.left < outer.left || inner.right > outer.right) {
      list.scrollBy({ left: inner.left - outer.left - 12, behavior });
    }
  }
  requestAnimationFrame(() => tell(start));
  return { element, tell };
}

/// What is seen in a key frame, as the tags say.
function caption(frame, passages) {
  const tags = passages.filter((passage) => passage.source === "tag"
    && passage.start_seconds <= frame.time_seconds + 0.05 && frame.time_seconds < passage.end_seconds);
  return tags.length > 0 ? make("span", { class: "seen" }, tags.map((tag) => tag.text).join(", ")) : null;
}

function source(passage) {
  const said = sources[passage.source] ?? String(passage.source ?? "").replaceAll("_", " ");
  const sure = Number.isFinite(passage.confidence) ? `, ${Math.round(passage.confidence * 100)} % sure` : "";
  return said ? make("span", { class: "source" }, said + sure) : null;
}
