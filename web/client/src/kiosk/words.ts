/* Everything a paired PC's page says. */

import { w } from "../site/context.ts";
import { enKiosk } from "../words/en-kiosk.ts";
import { pick } from "../words/index.ts";
import { zhKiosk } from "../words/zh-kiosk.ts";

export const k: typeof w & typeof zhKiosk = { ...w, ...pick(zhKiosk, enKiosk) };
