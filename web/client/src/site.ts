/* A committee's page for one meeting. */

import { guarded } from "./dom/boundary.ts";
import { readPage } from "./dom/page.ts";
import { SitePage } from "./site/site-page.ts";

guarded(() => new SitePage(readPage(), document.body.dataset.site ?? "").start());
