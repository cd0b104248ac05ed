/* What a paired PC shows between meetings: a full page in large letters each. */

import { h, icon } from "../dom/h.ts";
import { moment } from "../site/cards.ts";
import { countdown } from "../site/waiting.ts";
import { clock } from "../view/time.ts";
import { inEnglish } from "../words/index.ts";
import type { Coming } from "./answer.ts";
import { k } from "./words.ts";

export function away(attempt: number): HTMLElement {
  return said("retry", "amber", k.awayTitle, [k.awayBody], h("p", {}, k.awayTry(attempt)));
}

export function elsewhere(takeOver: () => void): HTMLElement {
  const props = { class: "btn btn-main", type: "button", data: { key: "take-over" }, onclick: takeOver };
  return said("window", "", k.elsewhereTitle, [k.elsewhereBody], h("button", props, k.useHere));
}

export interface Shown {
  /** Empty while there is none. */
  digits: string;
  /** Milliseconds until it is replaced, or until another attempt is made. */
  left: number;
  /** Why there is none, in the server's words; empty when it is on its way. */
  refused: string;
  phone: string;
}

export function pairing(shown: Shown): HTMLElement {
  const seconds = Math.max(0, Math.ceil(shown.left / 1000));
  return h(
    "div",
    { class: "card pairing" },
    h("h2", {}, k.pairTitle),
    ...(shown.digits === ""
      ? [h("p", { role: "status" }, shown.refused === "" ? k.pairWait : `${shown.refused}${k.pairRefused(seconds)}`)]
      : [
          h("p", {}, k.pairAsk),
          h(
            "div",
            { class: "code", role: "img", "aria-label": k.pairCode([...shown.digits].join(" ")) },
            ...[...shown.digits].map((digit) => h("span", {}, digit)),
          ),
          h("p", {}, k.pairAgain(Math.floor(seconds / 60), seconds % 60)),
        ]),
    otherLanguage(),
    shown.phone !== "" && h("p", { class: "pairing-phone" }, k.pairPhone(shown.phone)),
  );
}

/** Remembered once chosen. */
function otherLanguage(): HTMLElement {
  const [tag, name] = inEnglish() ? ["zh-CN", "中文"] : ["en", "English"];
  return h("p", {}, h("a", { href: `?lang=${tag}`, lang: tag }, name));
}

/** `now` is the server's time. */
export function waiting(meeting: Coming | null, now: number): HTMLElement {
  if (meeting === null) return said("clock", "", k.noneTitle, [k.noneBody], null);
  const left = Date.parse(meeting.starts_at) - now;
  return h(
    "div",
    { class: "card waiting" },
    h("h2", {}, meeting.title),
    h(
      "div",
      { class: "row" },
      h(
        "div",
        { class: "waiting-count" },
        h("p", {}, meeting.state === "postponed" ? k.postponedMark : k.nextTitle),
        h("p", { class: "waiting-when" }, k.startsAt(moment(meeting.starts_at))),
        h("p", {}, k.startsIn),
        h("p", { class: "big" }, ...countdown(left)),
      ),
      agenda(meeting),
    ),
    h("div", { class: "foot" }, h("p", { class: "waiting-note" }, k.checkFrom(clock(meeting.checks_at)))),
  );
}

function agenda(meeting: Coming): HTMLElement {
  return h(
    "ol",
    { class: "mini-day" },
    ...meeting.agenda.map((line) =>
      h(
        "li",
        { class: line.mine ? "mine" : "" },
        h("time", {}, clock(line.at)),
        line.mine ? k.yourPartMark(line.department) : `${line.department} ${line.title}`,
      ),
    ),
    h("li", {}, h("time", {}, clock(meeting.ends_at)), k.closing),
  );
}

function said(sign: string, tone: string, title: string, lines: string[], foot: HTMLElement | null): HTMLElement {
  return h(
    "div",
    { class: "card" },
    h(
      "div",
      { class: "row mid" },
      h("span", { class: tone === "" ? "mark" : `mark mark-${tone}` }, icon(sign)),
      h("div", { class: "card-text" }, h("h2", {}, title), ...lines.map((line) => h("p", {}, line))),
    ),
    foot !== null && h("div", { class: "foot" }, foot),
  );
}
