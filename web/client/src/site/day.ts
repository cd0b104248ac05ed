/* The agenda of the day below the picture: to scale, with this site's own part marked. */

import { byId, h, redraw } from "../dom/h.ts";
import type { Live } from "../live/state.ts";
import { agenda, type Block, isMine, lateBy } from "../view/agenda.ts";
import { clock } from "../view/time.ts";
import { type Context, w } from "./context.ts";

export class Day {
  readonly #context: Context;
  readonly #list = byId("day");

  constructor(context: Context) {
    this.#context = context;
  }

  update(live: Live, now: number): void {
    const { blocks } = agenda(live, now);
    const rows = blocks.map((block, index) => this.#row(live, block, index === blocks.length - 1));
    redraw(this.#list, rows, () =>
      rows.map((row) =>
        h(
          "li",
          { class: row.mine ? "mine" : row.current ? "now" : "", style: { "--m": String(row.weight) } },
          h("b", {}, row.title),
          h("small", {}, row.detail),
        ),
      ),
    );
  }

  #row(live: Live, block: Block, last: boolean) {
    const { segment } = block;
    const mine = isMine(live, segment, this.#context.me);
    const current = segment.state === "current";
    const late = Math.max(0, lateBy(block));
    const planned = w.yourPart(
      clock(segment.planned_at),
      clock(Date.parse(segment.planned_at) + segment.minutes * 60_000),
    );
    const times = last ? w.until(clock(block.to)) : `${clock(block.from)}–${clock(block.to)}`;
    let detail = times;
    if (current) detail = lateEnd(block) > 0 ? w.underWayLate(lateEnd(block)) : w.underWay;
    else if (segment.state === "done") detail = w.segmentDone;
    else if (mine && late > 0) detail = `${times}，${w.moved(late)}`;
    return {
      mine,
      current,
      title: mine ? planned : segment.department,
      detail,
      weight: Math.max(5, Math.round((block.to - block.from) / 60_000)),
    };
  }
}

/** Minutes by which a running segment has passed its announced end. */
function lateEnd(block: Block): number {
  const announced = Date.parse(block.segment.planned_at) + block.segment.minutes * 60_000;
  return Math.max(0, Math.floor((block.to - announced) / 60_000));
}
