/* Modal dialogues on the browser's own <dialog>: focus is kept inside, Escape closes, focus returns. */

import { h, icon } from "./h.ts";

export interface Dialog {
  element: HTMLDialogElement;
  body: HTMLElement;
  close(): void;
}

let sequence = 0;

export function openDialog(title: string, closeLabel: string, ...children: Node[]): Dialog {
  const id = `dialog-${++sequence}`;
  const body = h("div", { class: "dialog-body" }, ...children);
  const element = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    h(
      "header",
      { class: "dialog-head" },
      h("h2", { id }, title),
      h(
        "button",
        { class: "btn btn-quiet", type: "button", "aria-label": closeLabel, onclick: () => element.close() },
        icon("close"),
      ),
    ),
    body,
  );
  element.addEventListener("close", () => element.remove());
  element.addEventListener("click", (event) => {
    if (event.target === element) element.close(); // the backdrop
  });
  document.body.append(element);
  element.showModal();
  return { element, body, close: () => element.close() };
}
