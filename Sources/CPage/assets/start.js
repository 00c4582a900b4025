// The start page: what the library holds, and a look into it.
import * as api from "./api.js";
import * as states from "./states.js";
import { make } from "./dom.js";
import { counted, kinds, playingTime } from "./format.js";
import { assetCard } from "./cards.js";

/// Fills `root`; leaves it alone once something else is there.
export async function showStart(root) {
  const place = make("div", { class: "start" });
  root.replaceChildren(place);
  try {
    const [library, listed] = await Promise.all([api.get("/v1/library"), api.get("/v1/assets?limit=10")]);
    if (!place.isConnected) return;
    if (listed.assets.length === 0) {
      place.replaceWith(states.emptyLibrary());
      return;
    }
    place.append(
      make("p", { class: "start-line" },
        make("span", { class: "figures" }, contents(library)),
        make("a", { href: "#view=library" }, "The whole library")),
      make("div", { class: "strip" }, listed.assets.map((asset) => assetCard(asset))));
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    if (place.isConnected) root.replaceChildren(states.problemState(problem, () => showStart(root)));
  }
}

/// 10 videos and 1 picture, 3 min, 29 key frames, 40 passages.
export function contents(library) {
  const files = Object.keys(kinds).filter((kind) => library.assets?.[kind] > 0)
    .map((kind) => counted(library.assets[kind], kinds[kind].one, kinds[kind].many));
  const parts = [new Intl.ListFormat("en").format(files)];
  if (library.media_seconds > 0) parts.push(playingTime(library.media_seconds));
  return parts.filter(Boolean).join(", ");
}
