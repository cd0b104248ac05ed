/* The top strip: title, current segment with its planned end as a notch, how many are there, clock without seconds. */

import { byId, h, redraw, setText } from "../dom/h.ts";
import type { Live } from "../live/state.ts";
import { agenda, type Running } from "../view/agenda.ts";
import type { Tally } from "../view/seats.ts";
import { clock, day, duration } from "../view/time.ts";
import { words as w } from "../words/index.ts";

export class Heading {
  update(live: Live, count: Tally, now: number, screen: number): void {
    const date = day(live.starts_at);
    const departments = new Set(live.agenda.filter((s) => s.department !== live.main.name).map((s) => s.department))
      .size;
    const parts = [w.date(date.year, date.month, date.day, date.weekday)];
    if (departments > 1) parts.push(w.merged(departments));
    if (screen > 1) parts.push(w.screenNumber(screen));
    setText(byId("wall-day"), w.sentence(parts));
    setText(byId("clock"), clock(now));
    redraw(byId("facts"), [count.online, count.total, count.people], () => [
      h("div", {}, h("dt", {}, w.online), h("dd", {}, String(count.online), h("small", {}, `/${count.total}`))),
      count.people !== null && h("div", {}, h("dt", {}, w.inAttendance), h("dd", {}, w.people(count.people))),
    ]);
    this.#segment(live, now);
  }

  #segment(live: Live, now: number): void {
    const { current } = agenda(live, now);
    const box = byId("segment");
    if (live.state === "planned") {
      const left = duration(Date.parse(live.starts_at) - now);
      redraw(box, ["planned", left], () => [
        h("p", { class: "seg-line" }, h("span", {}, w.startsIn), h("b", { class: "seg-count" }, left)),
      ]);
      return;
    }
    redraw(box, [current?.segment.id, current?.allowed, current?.used, current?.over], () =>
      current === null ? [] : bar(current),
    );
  }
}

function bar(current: Running): Node[] {
  const { segment, allowed, used, over } = current;
  const scale = Math.max(allowed * 1.2, used + 2);
  const percent = (minutes: number): string => `${((100 * minutes) / scale).toFixed(2)}%`;
  const told =
    over > 0 ? [w.plannedMinutes(allowed), w.minutesOver(over)] : [w.plannedMinutes(allowed), w.usedMinutes(used)];
  const [plan, now] = told;
  return [
    h(
      "p",
      { class: "seg-line" },
      h("b", {}, segment.department),
      h("span", {}, segment.title),
      h("em", {}, w.sentence([plan ?? "", ""]), over > 0 ? h("strong", { class: "late" }, now ?? "") : (now ?? "")),
    ),
    h(
      "div",
      { class: "seg-bar", style: { "--plan": percent(allowed) }, role: "img", "aria-label": w.sentence(told) },
      h("i", { style: { width: percent(Math.min(used, allowed)) } }),
      over > 0 && h("i", { style: { left: percent(allowed), width: percent(over) } }),
    ),
  ];
}
