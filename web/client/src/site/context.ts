/* What every part of the committee's page shares. */

import type { Page } from "../dom/page.ts";
import type { Devices } from "../live/devices.ts";
import type { Publisher } from "../live/publisher.ts";
import { enSite } from "../words/en-site.ts";
import { type Common, pick, words } from "../words/index.ts";
import { zhSite } from "../words/zh-site.ts";

export const w: Common & typeof zhSite = { ...words, ...pick(zhSite, enSite) };

export interface Context {
  page: Page;
  /** This site's identity, "site-29". */
  me: string;
  devices: Devices;
  publisher: Publisher;
  /** Set where nobody stands by: a paired PC. */
  unattended: Unattended | null;
}

/** What the page around an unattended seat does for it. */
export interface Unattended {
  /** The meeting is over for this room. */
  leave(): void;
  /** This room was sent out of the meeting: perhaps it is paired no longer. */
  removed(): void;
}

/** A committee's name as it stands in the object. */
export function myName(context: Context): string {
  return context.page.store.live.sites[context.me]?.name ?? context.me;
}
