/* Telephoning a room: its number large, and a place for what is told on the line. */

import { type Dialog, openDialog } from "../dom/dialog.ts";
import { h, setText } from "../dom/h.ts";
import type { Seat } from "../view/seats.ts";
import { type Acts, w } from "./context.ts";

const MOST = 999;

export function openDial(acts: Acts, seat: Seat): void {
  const { site } = seat;
  const dialog = openDialog(
    w.dialTitle(site.name),
    w.close,
    h("p", {}, w.operatorAndPhone(site.operator, "")),
    h("p", { class: "dial" }, h("a", { href: `tel:${site.phone.replaceAll(" ", "")}` }, site.phone)),
    h("p", {}, w.dialHint),
  );
  dialog.body.append(countForm(acts, seat, dialog));
}

export function openCount(acts: Acts, seat: Seat): void {
  const dialog = openDialog(w.countTitle(seat.site.name), w.close);
  dialog.body.append(countForm(acts, seat, dialog));
  dialog.body.querySelector("input")?.focus();
}

export function openExcuse(acts: Acts, { id, site }: Seat): void {
  const why = h("input", {
    type: "text",
    id: "excuse-why",
    maxlength: "60",
    autocomplete: "off",
    list: "excuse-usual",
  });
  const error = h("p", { class: "error", role: "alert" });
  const form = h(
    "form",
    { class: "field", novalidate: true },
    h("label", { for: "excuse-why" }, w.excuseWhy),
    why,
    h("datalist", { id: "excuse-usual" }, ...w.excuseUsual.map((value) => h("option", { value }))),
    h("small", {}, w.excuseHint),
    error,
    h("div", { class: "foot" }, h("button", { class: "btn btn-main", type: "submit" }, w.excuse)),
  );
  const dialog = openDialog(w.excuseTitle(site.name), w.close, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = why.value.trim();
    if (reason === "") return setText(error, w.excuseNeedsWhy);
    void acts.send("roll", { act: "excuse", site: id, reason }).then((done) => done && dialog.close());
  });
  why.focus();
}

function countForm(acts: Acts, { id, site }: Seat, dialog: Dialog): HTMLElement {
  const input = h("input", {
    type: "number",
    id: "told-count",
    min: "0",
    max: String(MOST),
    inputmode: "numeric",
    value: site.headcount === null ? undefined : String(site.headcount),
  });
  const error = h("p", { class: "error", role: "alert" });
  const form = h(
    "form",
    { class: "field", novalidate: true },
    h("label", { for: "told-count" }, w.countTold),
    h("div", { class: "row" }, input, h("button", { class: "btn", type: "submit" }, w.countNote)),
    error,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const headcount = Number(input.value);
    if (input.value.trim() === "" || !Number.isInteger(headcount) || headcount < 0 || headcount > MOST)
      return setText(error, w.countNeedsNumber(MOST));
    void acts.send("roll", { act: "count", site: id, headcount }).then((done) => done && dialog.close());
  });
  return form;
}
