// A file as a card, on the start page and in the library.
import * as address from "./address.js";
import { make } from "./dom.js";
import { clock, counted, fileName, kinds } from "./format.js";
import { thumb } from "./thumbs.js";

export function assetCard(asset) {
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
