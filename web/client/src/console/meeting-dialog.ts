/* The meeting itself: extend, postpone, cancel, hand the chair over, seconds of count-in. */

import { openDialog } from "../dom/dialog.ts";
import { byId, h, setText } from "../dom/h.ts";
import type { Live } from "../live/state.ts";
import { type Acts, w } from "./context.ts";

const EXTENSIONS_MIN = [10, 15, 30];
const MAX_COUNT_IN_S = 10;
const SHANGHAI_OFFSET = "+08:00";

/** `page` is the address of the meeting's own page. */
export function openMeeting(acts: Acts, live: Live, now: number, page: string): void {
  const dialog = openDialog(w.meetingTitle, w.close);
  const close = (done: boolean): void => {
    if (done) dialog.close();
  };
  if (live.state === "live") dialog.body.append(extension(acts, close));
  if (live.state === "planned" || live.state === "live")
    dialog.body.append(countIn(acts, live.count_in), handOver(acts, live, close));
  if (live.state === "planned" || live.state === "postponed")
    dialog.body.append(postponement(acts, now, close), cancelling(acts, close));
  dialog.body.append(h("a", { class: "btn", href: page }, w.meetingPage));
}

function extension(acts: Acts, close: (done: boolean) => void): HTMLElement {
  return h(
    "section",
    { class: "field" },
    h("h3", {}, w.extendLabel),
    h(
      "div",
      { class: "foot" },
      ...EXTENSIONS_MIN.map((minutes) =>
        h(
          "button",
          {
            class: "btn",
            type: "button",
            onclick: () => void acts.send("state", { act: "extend", minutes }).then(close),
          },
          w.extendBy(minutes),
        ),
      ),
    ),
  );
}

function countIn(acts: Acts, seconds: number): HTMLElement {
  const value = h("output", { for: "count-in" }, w.seconds(seconds));
  const input = h("input", {
    type: "range",
    id: "count-in",
    min: "0",
    max: String(MAX_COUNT_IN_S),
    step: "1",
    value: String(seconds),
    "aria-describedby": "count-in-hint",
  });
  input.addEventListener("input", () => setText(value, w.seconds(Number(input.value))));
  input.addEventListener("change", () => void acts.send("floor", { act: "count_in", seconds: Number(input.value) }));
  return h(
    "section",
    { class: "field" },
    h("label", { for: "count-in" }, w.countIn),
    h("div", { class: "range" }, input, value),
    h("small", { id: "count-in-hint" }, w.countInHint),
  );
}

interface Leader {
  account: string;
  name: string;
}

/** Whoever may press the console's buttons, as the server wrote them into the page. */
function leaders(): Leader[] {
  return JSON.parse(byId("leaders").textContent ?? "[]") as Leader[];
}

function handOver(acts: Acts, live: Live, close: (done: boolean) => void): HTMLElement {
  const others = leaders().filter((leader) => leader.account !== live.chair.account);
  const to = h(
    "select",
    { id: "chair-to" },
    ...others.map(({ account, name }) => h("option", { value: account }, `${name} (${account})`)),
  );
  const form = h(
    "form",
    { class: "field" },
    h("h3", {}, w.handOver),
    h("p", {}, w.handOverNow(live.chair.name)),
    h("label", { for: "chair-to" }, w.handOverTo),
    h("div", { class: "row" }, to, h("button", { class: "btn", type: "submit" }, w.handOverDo)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void acts.send("chair", { account: to.value }).then(close);
  });
  return form;
}

function postponement(acts: Acts, now: number, close: (done: boolean) => void): HTMLElement {
  const when = h("input", {
    type: "datetime-local",
    id: "postpone-when",
    required: true,
    "aria-describedby": "postpone-error",
  });
  const why = h("input", {
    type: "text",
    id: "postpone-why",
    required: true,
    maxlength: "200",
    "aria-describedby": "postpone-error",
  });
  const error = h("p", { class: "error", id: "postpone-error", role: "alert" });
  const form = h(
    "form",
    { class: "field", novalidate: true },
    h("h3", {}, w.postponeTitle),
    h("label", { for: "postpone-when" }, w.postponeWhen),
    when,
    h("label", { for: "postpone-why" }, w.postponeWhy),
    why,
    error,
    h("div", { class: "foot" }, h("button", { class: "btn", type: "submit" }, w.postponeDo)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = Date.parse(`${when.value}:00${SHANGHAI_OFFSET}`);
    if (Number.isNaN(at) || at <= now) return setText(error, w.postponeNeedsTime);
    if (why.value.trim() === "") return setText(error, w.postponeNeedsWhy);
    setText(error, "");
    const body = { act: "postpone", starts_at: new Date(at).toISOString(), reason: why.value.trim() } as const;
    void acts.send("state", body).then(close);
  });
  return form;
}

function cancelling(acts: Acts, close: (done: boolean) => void): HTMLElement {
  const why = h("input", {
    type: "text",
    id: "cancel-why",
    required: true,
    maxlength: "200",
    "aria-describedby": "cancel-hint cancel-error",
  });
  const error = h("p", { class: "error", id: "cancel-error", role: "alert" });
  const form = h(
    "form",
    { class: "field", novalidate: true },
    h("h3", {}, w.cancelTitle),
    h("small", { id: "cancel-hint" }, w.cancelHint),
    h("label", { for: "cancel-why" }, w.postponeWhy),
    why,
    error,
    h("div", { class: "foot" }, h("button", { class: "btn", type: "submit" }, w.cancelDo)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (why.value.trim() === "") return setText(error, w.postponeNeedsWhy);
    setText(error, "");
    void acts.send("state", { act: "cancel", reason: why.value.trim() }).then(close);
  });
  return form;
}
