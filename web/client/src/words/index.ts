/* The catalogue in the language of the page. The server sets <html lang>. */

import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type Common = typeof zh;

export function inEnglish(): boolean {
  return document.documentElement.lang.toLowerCase().startsWith("en");
}

/** `pick(zhSite, enSite)`: the one of this page's language. */
export function pick<T>(chinese: T, english: T): T {
  return inEnglish() ? english : chinese;
}

export const words: Common = pick(zh, en);
