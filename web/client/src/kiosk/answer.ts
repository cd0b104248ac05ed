/* What a paired PC asks of the server between meetings: GET /kiosk.json and POST /kiosk/code. */

import { Refused, Unreachable } from "../live/acts.ts";
import type { MeetingState } from "../live/state.ts";

export interface Line {
  at: string;
  department: string;
  title: string;
  mine: boolean;
}

/** The meeting to be in or to wait for. From `checks_at` on devices are tried, from `opens_at` on the doors are open. */
export interface Coming {
  id: number;
  title: string;
  state: MeetingState;
  starts_at: string;
  ends_at: string;
  checks_at: string;
  opens_at: string;
  agenda: Line[];
}

export interface Answer {
  now: string;
  /** Changes with the page's scripts and styles. */
  build: string;
  csrf: string;
  /** Whom to call about pairing; empty when unknown or when this PC is paired. */
  phone: string;
  device: { id: number; site: string; committee: string } | null;
  meeting: Coming | null;
}

export interface Code {
  code: string;
  expires_at: string;
  now: string;
}

const PATIENCE_MS = 10_000;

export class Office {
  /** The anti-forgery token of the newest answer. */
  csrf = "";

  /** Null when the server cannot be reached, or answers something that is no answer. */
  async ask(inside: number | null): Promise<Answer | null> {
    try {
      const response = await fetch(inside === null ? "/kiosk.json" : `/kiosk.json?inside=${inside}`, {
        cache: "no-store",
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const answer = response.ok ? ((await response.json()) as Answer) : null;
      if (typeof answer?.now !== "string" || typeof answer.build !== "string") return null;
      this.csrf = answer.csrf;
      return answer;
    } catch {
      return null;
    }
  }

  /** A fresh pairing code. Throws Refused or Unreachable. */
  async code(): Promise<Code> {
    const response = await fetch("/kiosk/code", {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": this.csrf },
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => {
      throw new Unreachable(String(error));
    });
    const answer = (await response.json().catch(() => null)) as (Code & { code: string; message?: string }) | null;
    if (response.ok && answer !== null) return answer;
    if (response.status >= 500 || answer === null) throw new Unreachable(String(response.status));
    throw new Refused(answer.code, answer.message ?? "", response.status);
  }
}
