// The hits as a file for another program.
import * as address from "./address.js";
import * as api from "./api.js";
import { icon, make, toast } from "./dom.js";
import { picture } from "./pictures.js";

const formats = [
  ["vtt", "WebVTT chapters", "for players in browsers"],
  ["m3u", "M3U playlist", "for VLC, mpv and others"],
  ["edl", "Edit decision list", "CMX 3600, for cutting"],
  ["fcpxml", "Final Cut Pro XML", "for Final Cut and Resolve"],
];

export function exportMenu(place) {
  const menu = make("details", { class: "menu" });
  const choose = async (format) => {
    menu.open = false;
    try {
      const file = await api.download(
        `/v1/export?format=${format}`, address.searchRequest(place), picture(place.picture)?.blob);
      save(file.blob, file.name.includes(".") ? file.name : `reel.${format}`);
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      toast(problem.message);
    }
  };
  menu.append(
    make("summary", { class: "text-button" }, icon("download", 17), "Export"),
    make("div", { class: "menu-list" }, formats.map(([format, name, use]) =>
      make("button", { type: "button", onclick: () => choose(format) }, name, make("small", {}, use)))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
