/* Documents on a paired PC: listed and shown within the page, for it stands alone on the screen and asks as the PC. */

import { openDialog } from "../dom/dialog.ts";
import { h, icon } from "../dom/h.ts";
import type { Server } from "../live/acts.ts";
import { isShown, type Paper } from "../live/papers.ts";
import { w } from "./context.ts";

/** Asked for anew each time: files are put there during the meeting, too. */
export function openPapers(server: Server): void {
  const list = h("div", { class: "papers-list", "aria-busy": "true" }, h("p", { role: "status" }, w.papersLoading));
  openDialog(w.documents, w.close, list).element.classList.add("dialog-papers");
  void server.papers().then((papers) => {
    list.removeAttribute("aria-busy");
    list.replaceChildren();
    if (papers === null || papers.items.length === 0)
      list.append(h("p", { role: "status" }, papers === null ? w.papersFailed : w.papersNone));
    for (const item of papers?.items ?? [])
      list.append(h("section", {}, h("h3", {}, item.title), ...item.documents.map((paper) => row(server, paper))));
  });
}

/** Whoever is called on must see that before anything else. */
export function closePapers(): void {
  for (const each of document.querySelectorAll<HTMLDialogElement>("dialog.dialog-papers, dialog.dialog-paper"))
    each.close();
}

function row(server: Server, paper: Paper): HTMLElement {
  const said = h("span", { class: "error", role: "status" });
  const open = async (): Promise<void> => {
    button.disabled = true;
    said.textContent = "";
    const content = await server.document(paper.id);
    button.disabled = false;
    if (content === null) said.textContent = w.papersFailed;
    else if (isShown(paper)) show(paper, content);
    else save(paper, content);
  };
  const words = isShown(paper) ? w.papersShow(paper.name) : w.papersSave(paper.name);
  const props = { class: "btn", type: "button", "aria-label": words, onclick: () => void open() };
  const button = h("button", props, icon("paper"), isShown(paper) ? w.show : w.save);
  return h("div", { class: "paper" }, h("span", {}, h("b", {}, paper.name), h("small", {}, paper.size), said), button);
}

function show(paper: Paper, content: Blob): void {
  const address = URL.createObjectURL(new Blob([content], { type: paper.type }));
  const picture = paper.type.startsWith("image/");
  const view = picture
    ? h("img", { src: address, alt: paper.name })
    : h("iframe", { src: address, title: paper.name, referrerpolicy: "no-referrer" });
  const { element } = openDialog(paper.name, w.close, view);
  element.classList.add("dialog-paper");
  element.addEventListener("close", () => URL.revokeObjectURL(address));
}

function save(paper: Paper, content: Blob): void {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: paper.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
