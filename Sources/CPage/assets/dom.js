// Elements without markup: text only ever becomes text, so a file name or a transcript can say
// what it likes.

/// An element. `attributes`: `class`, `on…` listeners (functions), `--name` for CSS variables,
/// true and false for boolean ones; null and undefined are left out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const paths = {
  play: "M8 5.500v13l10.500-6.500z",
  close: "M6 6l12 12M18 6L6 18",
  chevron: "M6 9l6 6 6-6",
  alike: "M4 6h9v7H4zM11 16v2h9v-7h-3",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700L12 17",
  download: "M12 4v11M7.500 10.500L12 15l4.500-4.500M5 19.500h14",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  previous: "M15 6l-6 6 6 6",
  next: "M9 6l6 6-6 6",
  repeat: "M5 11a5 5 0 0 1 5-5h8l-3-3M19 13a5 5 0 0 1-5 5H6l3 3",
  remove: "M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7",
  open: "M13 5h6v6M19 5l-9 9M9 6H5v13h13v-4",
  video: "M3.500 6.500h17v11h-17zM7.500 6.500v11M16.500 6.500v11",
  audio: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10.500v3",
  image: "M3.500 5h17v14h-17zM4 17l5-4.500 3.500 3 3-2.500 4.500 4",
  text: "M5 6h14M5 10.500h14M5 15h9",
};

/// One of our signs, hidden from screen readers: the words beside it are what is read.
export function icon(name, size = 18) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("width", size);
  drawing.setAttribute("height", size);
  drawing.setAttribute("class", name === "play" ? "icon solid" : `icon ${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", paths[name] ?? paths.text);
  drawing.append(line);
  return drawing;
}

/// The mark: a reel with a moment on it.
export function mark() {
  const drawing = document.querySelector(".brand svg").cloneNode(true);
  drawing.setAttribute("class", "state-sign");
  return drawing;
}

export const byId = (id) => document.getElementById(id);

/// An address the server gave, as long as it leads to this server; else null.
export function ownAddress(address) {
  if (typeof address !== "string" || !address.startsWith("/")) return null;
  const url = new URL(address, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : null;
}

/// Says it to screen readers without moving the focus.
export function announce(sentence) {
  byId("announcer").textContent = sentence;
}

let toastEnds = 0;

/// Says it to everybody, for a moment.
export function toast(sentence) {
  const place = byId("toast");
  place.textContent = sentence;
  place.hidden = false;
  announce(sentence);
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => { place.hidden = true; }, 3200);
}

export const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
