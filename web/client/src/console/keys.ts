/* The keyboard of the console. Off while typing in a field and while a dialogue is open. */

import { openDialog } from "../dom/dialog.ts";
import { byId, h } from "../dom/h.ts";
import { w } from "./context.ts";

export function listen(keys: Record<string, () => void>): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  byId("keys").addEventListener("click", showKeys);
}

export function showKeys(): void {
  openDialog(
    w.keysTitle,
    w.close,
    h(
      "table",
      { class: "key-table" },
      h(
        "tbody",
        {},
        ...w.keys.map(([key, does]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, does))),
      ),
    ),
    h("p", {}, w.keysHint),
  );
}
