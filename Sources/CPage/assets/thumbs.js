// The picture that stands for a file, the thin line of its whole length, and what plays in the
// picture while it is pointed at.
import * as api from "./api.js";
import { icon, make, ownAddress, wantsLessMotion } from "./dom.js";
import { clock, span } from "./format.js";

/// @param address of a key frame, or null: then a sign of its kind
/// @param badge words in the corner, such as its length; may be empty
export function thumb(address, kind, badge = "", attributes = {}) {
  const own = ownAddress(address);
  const element = make("span", { class: "thumb", ...attributes });
  const glyph = () => make("span", { class: "thumb-glyph" }, icon(kind, 40));
  if (own) {
    const picture = make("img", { src: own, alt: "", loading: "lazy", decoding: "async" });
    picture.addEventListener("error", () => picture.replaceWith(glyph()));
    element.append(picture);
  } else {
    element.append(glyph());
  }
  if (badge) element.append(make("span", { class: "badge" }, badge));
  return element;
}

/// The whole file as a thin line with the moment on it; null for what has no length.
export function line(duration, start, end) {
  if (!(duration > 0)) return null;
  const share = (seconds) => `${Math.min(100, Math.max(0, seconds / duration * 100))}%`;
  return make("span", { class: "line", role: "img", "aria-label": `${span(start, end)} of ${clock(duration)}` },
    make("i", { "--from": share(start), "--width": share(end - start) }));
}

/// Plays the moment without sound in the thumb while `area` is pointed at; steps through the key
/// frames where the browser cannot play the file.
export function previewOnHover(area, place, hit) {
  if (hit.asset.kind !== "video") return;
  let timer = 0;
  let stop = null;
  area.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "touch" || wantsLessMotion()) return;
    timer = setTimeout(() => { stop = play(place, hit); }, 220);
  });
  area.addEventListener("pointerleave", () => {
    clearTimeout(timer);
    stop?.();
    stop = null;
  });
}

function play(place, hit) {
  const media = ownAddress(hit.links?.media);
  let stopped = false;
  let steps = 0;
  const video = make("video", { muted: true, playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" });
  video.muted = true;
  const { start_seconds: start, end_seconds: end } = hit.moment;
  const last = Math.max(end, start + 2);
  video.addEventListener("loadedmetadata", () => { video.currentTime = start; });
  video.addEventListener("playing", () => video.classList.add("is-on"));
  video.addEventListener("timeupdate", () => { if (video.currentTime > last) video.currentTime = start; });
  video.addEventListener("ended", () => { video.currentTime = start; video.play().catch(() => {}); });
  video.addEventListener("error", () => { video.remove(); if (!stopped) step(); });
  if (media) {
    video.src = media;
    place.append(video);
    video.play().catch(() => {});
  } else {
    step();
  }

  /// The key frames of the file, from the moment on.
  async function step() {
    const shown = place.querySelector("img");
    const before = shown?.getAttribute("src");
    const frames = (await api.asset(hit.asset.id).catch(() => null))?.frames ?? [];
    if (stopped || !shown || frames.length < 2) return;
    let index = Math.max(0, frames.findIndex((frame) => frame.end_seconds > start));
    steps = setInterval(() => {
      index = (index + 1) % frames.length;
      const address = ownAddress(frames[index].thumbnail);
      if (address) shown.src = address;
    }, 700);
    restore = () => { shown.src = before; };
  }

  let restore = () => {};
  return () => {
    stopped = true;
    clearInterval(steps);
    video.removeAttribute("src");
    video.load();
    video.remove();
    restore();
  };
}
