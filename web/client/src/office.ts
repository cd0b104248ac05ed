/* Office pages: htmx with the settings our content security policy asks for, and "/" for the search box. */
import htmx from "htmx.org";
import { autosaving } from "./office/autosave.ts";
import { draggable } from "./office/board.ts";
import { choosing } from "./office/choosing.ts";
import { editing } from "./office/editor.ts";

htmx.config.includeIndicatorStyles = false; // they would be an inline style sheet
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages of signed-in people do not belong in local storage

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content;
  const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
  if (token !== undefined) detail.headers["X-CSRF-Token"] = token;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector<HTMLInputElement>('input[type="search"]');
  if (box === null) return;
  event.preventDefault();
  box.focus();
});

// An address to copy is selected whole as soon as somebody goes to it.
document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.dataset["select"] !== undefined) event.target.select();
});

draggable(document);
editing(document); // before saving: what is too long is not sent
choosing(document);
autosaving(document);
