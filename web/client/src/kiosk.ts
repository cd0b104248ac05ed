/* The page of a paired PC: shows a code until it is paired, then waits for its committee's meetings, takes part in each
   by itself, and never gives up. What it does at any moment is decided in kiosk/plan.ts. */

import { announce } from "./dom/announce.ts";
import { guarded } from "./dom/boundary.ts";
import { byId, redraw, setText } from "./dom/h.ts";
import { tick } from "./dom/ticker.ts";
import { translate } from "./dom/translate.ts";
import { Alone } from "./kiosk/alone.ts";
import { type Answer, Office } from "./kiosk/answer.ts";
import { stayAwake } from "./kiosk/awake.ts";
import * as cards from "./kiosk/cards.ts";
import { PairingCode } from "./kiosk/code.ts";
import { keep } from "./kiosk/keep.ts";
import { plan, type Seat, type Step } from "./kiosk/plan.ts";
import { k } from "./kiosk/words.ts";
import { Server } from "./live/acts.ts";
import { ServerClock } from "./live/clock.ts";
import { retryDelay } from "./live/retry.ts";
import { parse, stateAt } from "./live/state.ts";
import { Store } from "./live/store.ts";
import { SitePage } from "./site/site-page.ts";
import { clock } from "./view/time.ts";

const ASK_MS = 5000;
/** In a meeting its own object says what happens, and who is sent out asks at once. */
const SEATED_MS = 15_000;
const SPREAD = 0.2;
const FRESH_MS = 20_000;
const RENEWED_MS = 10 * 60_000;
const OLDER_MS = 3600_000;
const RENEWED = "meetinghub.renewed";

class Kiosk {
  readonly #office = new Office();
  readonly #clock = new ServerClock(() => performance.now());
  readonly #code = new PairingCode(this.#office);
  readonly #alone = new Alone(
    () => void this.#run(),
    () => location.reload(), // this window then says where the room is open
  );
  /** Older than it is, by up to an hour: so that not all rooms begin anew in the same minute. */
  readonly #ahead = Math.random() * OLDER_MS;
  #answer: Answer | null = null;
  #heardAt = Number.NEGATIVE_INFINITY;
  #attempt = 0;
  #build: string | null = null;
  #seat: { meeting: number; device: number; store: Store; overAt: number | null; astrayAt: number | null } | null =
    null;
  #opening = false;
  #left = false;
  #wake: (() => void) | null = null;

  start(): void {
    translate(document, k);
    document.body.classList.add("idle");
    this.#alone.start();
    for (const event of ["online", "focus", "pageshow"]) addEventListener(event, () => this.#wake?.());
    tick(2, () => this.#render());
    stayAwake();
  }

  /** Asks the server for ever. */
  async #run(): Promise<void> {
    void keep();
    for (;;) {
      const answer = await this.#office.ask(this.#seat?.meeting ?? null);
      if (answer === null) this.#attempt += 1;
      else this.#hear(answer);
      this.#render();
      const calm = spread(this.#seated()?.state === "live" ? SEATED_MS : ASK_MS);
      await this.#sleep(answer === null ? retryDelay(this.#attempt, Math.random()) : calm);
    }
  }

  #hear(answer: Answer): void {
    this.#answer = answer;
    this.#attempt = 0;
    this.#heardAt = performance.now();
    this.#build ??= answer.build;
    this.#clock.observe(answer.now);
  }

  #render(): void {
    if (this.#left) return;
    if (this.#alone.elsewhere) {
      this.#draw("elsewhere", () => cards.elsewhere(() => this.#alone.takeOver()), k.elsewhereTitle);
      return;
    }
    this.#act(this.#plan());
  }

  #plan(): Step {
    return plan({
      now: this.#clock.now(),
      answer: this.#answer,
      fresh: performance.now() - this.#heardAt < FRESH_MS,
      seat: this.#seated(),
      build: this.#build,
      age: performance.now() + this.#ahead,
      renewed: Date.now() - renewedAt() < RENEWED_MS,
    });
  }

  #seated(): Seat | null {
    const seat = this.#seat;
    if (seat === null) return null;
    const state = stateAt(seat.store.live, seat.store.clock.now());
    const present = state === "live" || state === "planned";
    seat.overAt = present ? null : (seat.overAt ?? performance.now());
    const astray = present && this.#answer?.meeting?.id !== seat.meeting;
    seat.astrayAt = astray ? (seat.astrayAt ?? performance.now()) : null;
    return {
      meeting: seat.meeting,
      device: seat.device,
      state,
      over: since(seat.overAt),
      astray: since(seat.astrayAt),
    };
  }

  #act(step: Step): void {
    const now = this.#clock.now();
    switch (step.kind) {
      case "away":
        this.#draw(["away", this.#attempt], () => cards.away(Math.max(1, this.#attempt)), k.awayTitle);
        break;
      case "pairing": {
        const shown = this.#code.shown(now, this.#answer?.phone ?? "");
        const key = [shown.digits, shown.refused, shown.phone, Math.ceil(shown.left / 1000)];
        this.#draw(key, () => cards.pairing(shown), k.pairTitle);
        break;
      }
      case "waiting": {
        const left = step.meeting === null ? 0 : Math.ceil((Date.parse(step.meeting.starts_at) - now) / 1000);
        this.#draw([step.meeting, left], () => cards.waiting(step.meeting, now), step.meeting?.title ?? k.noneTitle);
        break;
      }
      case "open":
        void this.#open(step.meeting, step.site);
        break;
      case "seat":
        break;
      case "reload":
        this.#renew();
        break;
    }
    if (this.#seat === null) this.#top(now);
  }

  /** From here on the meeting's own page draws; the meeting's first object says what is going on in it. */
  async #open(meeting: number, site: string): Promise<void> {
    const device = this.#answer?.device?.id;
    if (this.#opening || device === undefined) return;
    this.#opening = true;
    try {
      const server = new Server(`/meetings/${meeting}`, () => this.#office.csrf, { asDevice: true });
      const first = parse((await server.live()) ?? undefined);
      if (first === null) return; // asked for again half a second later
      const store = new Store(first);
      byId("card").replaceChildren();
      document.body.classList.remove("idle");
      this.#seat = { meeting, device, store, overAt: null, astrayAt: null };
      new SitePage({ server, store, account: `device-${device}` }, site, {
        leave: () => this.#renew(),
        removed: () => this.#wake?.(),
      }).start();
    } finally {
      this.#opening = false;
    }
  }

  #renew(): void {
    if (this.#left) return;
    this.#left = true;
    if (this.#answer !== null && this.#answer.build !== this.#build) noteRenewed();
    location.reload();
  }

  #draw(key: unknown, build: () => HTMLElement, title: string): void {
    announce(title);
    redraw(byId("card"), key, () => [build()]);
  }

  /** The page's head: whose room this is, whether the server answers, the time. */
  #top(now: number): void {
    const device = this.#answer?.device ?? null;
    const name = device === null ? k.product : k.venueOf(device.committee);
    setText(byId("venue"), name);
    document.title = name;
    const away = this.#answer !== null && this.#attempt > 1;
    setText(byId("title"), away ? k.awayMark : device === null ? (document.body.dataset.office ?? "") : "");
    setText(byId("clock"), now === 0 ? "" : clock(now));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const self = this;
      function done(): void {
        clearTimeout(timer);
        self.#wake = null;
        resolve();
      }
      this.#wake = done;
    });
  }
}

/** Milliseconds since a moment of the monotonic clock; 0 for none. */
function since(at: number | null): number {
  return at === null ? 0 : performance.now() - at;
}

function renewedAt(): number {
  try {
    return Number(sessionStorage.getItem(RENEWED) ?? 0);
  } catch {
    return 0;
  }
}

function noteRenewed(): void {
  try {
    sessionStorage.setItem(RENEWED, String(Date.now()));
  } catch {
    // Without storage a page that stays old is loaded anew every few seconds, while it waits.
  }
}

function spread(ms: number): number {
  return ms * (1 - SPREAD + 2 * SPREAD * Math.random());
}

guarded(() => new Kiosk().start());
