/* The last line of defence: whatever breaks, people see a sentence and the page comes back by itself. */

import { words } from "../words/index.ts";
import { h } from "./h.ts";

const KEY = "meetinghub.restarts";
const WAITS_S = [5, 10, 30, 60];
const FORGET_MS = 10 * 60_000;

/** Restarts of the last minutes, so that a page that breaks at once does not restart in a frenzy. */
function restarts(now: number): number[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((at): at is number => typeof at === "number" && now - at < FORGET_MS)
      : [];
  } catch {
    return [];
  }
}

let failed = false;

export function fail(error: unknown): void {
  console.error(error);
  if (failed) return;
  failed = true;
  const past = restarts(Date.now());
  let left = WAITS_S[Math.min(past.length, WAITS_S.length - 1)] ?? 60;
  const line = h("p", {}, words.unexpectedBody(left));
  const restart = (): void => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...past, Date.now()]));
    } catch {
      // Without storage every restart counts as the first.
    }
    location.reload();
  };
  document.body.append(
    h(
      "div",
      { class: "overlay", role: "alertdialog", "aria-labelledby": "boundary" },
      h(
        "div",
        { class: "card" },
        h("h2", { id: "boundary" }, words.unexpected),
        line,
        h(
          "div",
          { class: "foot" },
          h("button", { class: "btn btn-main", type: "button", onclick: restart }, words.reload),
        ),
      ),
    ),
  );
  setInterval(() => {
    left -= 1;
    if (left > 0) line.textContent = words.unexpectedBody(left);
    else if (left === 0) restart();
  }, 1000);
}

/** Runs the page's entry inside the boundary and catches what it throws later. */
export function guarded(entry: () => void): void {
  addEventListener("error", (event) => {
    if (event.error !== undefined && event.error !== null) fail(event.error);
  });
  addEventListener("unhandledrejection", (event) => console.warn("unhandled", event.reason));
  try {
    entry();
  } catch (error) {
    fail(error);
  }
}
