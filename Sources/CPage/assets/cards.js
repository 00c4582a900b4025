// A file as a card, on the start page and in the library.
import * as address from "./address.js";
import { icon, make } from "./dom.js";
import { clock, counted, fileName, kinds } from "./format.js";
import { thumb } from "./thumbs.js";

/// @param remove what a button beside it does, with the asset and its card; none without
export function assetCard(asset, remove = null) {
  const link = cardLink(asset);
  if (remove === null) return link;
  const card = make("div", { class: "asset-card" }, link);
  card.append(make("button", {
    type: "button", class: "icon-button asset-remove", title: "Remove from the library",
    "aria-label": `Remove ${asset.title ?? fileName(asset.path)} from the library`,
    onclick: () => remove(asset, card),
  }, icon("remove", 18)));
  link.setAttribute("aria-keyshortcuts", "Delete");
  link.addEventListener("keydown", (event) => {
    if (event.key === "Delete") remove(asset, card);
  });
  return card;
}

function cardLink(asset) {
  const kind = kinds[asset.kind] ?? kinds.text;
  const opening = { asset: asset.id, start: 0, end: null };
  const facts = [asset.key_frames > 1 ? counted(asset.key_frames, "key frame") : null,
    asset.passages > 0 ? counted(asset.passages, "passage") : null].filter(Boolean).join(", ");
  return make("a", {
    class: "asset", "data-asset": asset.id, title: asset.path,
    href: address.write({ ...address.current(), ...opening }),
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      address.go(opening, { replace: address.current().asset !== null });
    },
  },
  thumb(asset.thumbnail ?? asset.links?.thumbnail, asset.kind, asset.duration_seconds > 0 ? clock(asset.duration_seconds) : kind.one),
  make("span", { class: "name" }, asset.title ?? fileName(asset.path)),
  facts ? make("span", { class: "facts" }, facts) : null);
}
