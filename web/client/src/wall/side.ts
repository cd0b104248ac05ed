/* The spare cells of the grid: hands in order, and what comes next. */

import { h, redraw } from "../dom/h.ts";
import { type Live, nextSegment, siteName } from "../live/state.ts";
import { words as w } from "../words/index.ts";

const SHOWN = 4;

export class Side {
  readonly element = h("li", { class: "wall-side" });

  update(live: Live): void {
    const names = live.hands.map((hand) => siteName(live, hand.site));
    const next = nextSegment(live);
    redraw(this.element, [names, next], () => [
      h(
        "section",
        {},
        h("h2", {}, w.handsInOrder),
        names.length === 0 ? h("p", { class: "quiet" }, w.noHands) : hands(names),
      ),
      h(
        "section",
        {},
        h("h2", {}, w.nextSegment),
        ...(next === null
          ? [h("p", { class: "quiet" }, w.noNextSegment)]
          : [
              h("p", {}, h("b", {}, next.department), ` ${w.minutes(next.minutes + next.granted)}`),
              h("p", {}, next.title),
              next.warned_at !== null && h("p", {}, w.warned(next.speaker || next.department)),
            ]),
      ),
    ]);
  }
}

function hands(names: readonly string[]): HTMLElement {
  const shown = names.length > SHOWN ? names.slice(0, SHOWN - 1) : names;
  return h(
    "ol",
    {},
    ...shown.map((name, index) => h("li", {}, h("b", {}, String(index + 1)), name)),
    names.length > shown.length && h("li", { class: "more" }, w.moreHands(names.length - shown.length)),
  );
}
