// The file's whole length as a slider: where words are, where pictures change, the moment, and
// where it plays.
import { make } from "./dom.js";
import { clock, spokenTime } from "./format.js";

/// @param seek called with seconds
/// @returns {{element: HTMLElement, tell: (seconds: number) => void}}
export function track({ duration, moment, frames, passages, seek }) {
  const share = (seconds) => `${Math.min(100, Math.max(0, seconds / duration * 100))}%`;
  const stretch = (start, end, kind = "") => make("span", { class: `span ${kind}`, "--from": share(start), "--width": share(end - start) });
  const head = make("span", { class: "head", "--from": "0%" });
  const element = make("div", {
    class: "track", role: "slider", tabindex: "0", "aria-label": "Place in the file",
    "aria-valuemin": "0", "aria-valuemax": String(Math.round(duration)), "aria-valuenow": "0",
  },
  make("span", { class: "rail" }),
  passages.filter((passage) => Number.isFinite(passage.start_seconds) && !["tag", "file_name"].includes(passage.source))
    .slice(0, 2000).map((passage) => stretch(passage.start_seconds, passage.end_seconds)),
  frames.slice(0, 2000).map((frame) => make("span", { class: "tick", "--from": share(frame.start_seconds) })),
  moment.end !== null && moment.end > moment.start ? stretch(moment.start, moment.end, "is-moment") : null,
  head);

  const at = (event) => {
    const box = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration;
  };
  let dragging = false;
  element.addEventListener("pointerdown", (event) => {
    dragging = true;
    element.setPointerCapture(event.pointerId);
    seek(at(event));
  });
  element.addEventListener("pointermove", (event) => {
    if (dragging) seek(at(event));
    else element.title = clock(at(event));
  });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { dragging = false; });
  let now = 0;
  element.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 30, PageDown: -30 };
    const to = event.key === "Home" ? 0 : event.key === "End" ? duration : event.key in steps ? now + steps[event.key] : null;
    if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    seek(Math.min(duration, Math.max(0, to)));
  });

  function tell(seconds) {
    now = seconds;
    head.style.setProperty("--from", share(seconds));
    element.setAttribute("aria-valuenow", String(Math.round(seconds)));
    element.setAttribute("aria-valuetext", `${spokenTime(seconds)} of ${spokenTime(duration)}`);
  }
  tell(moment.start);
  return { element, tell };
}
