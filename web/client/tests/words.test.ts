import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { en } from "../src/words/en.ts";
import { enConsole } from "../src/words/en-console.ts";
import { enKiosk } from "../src/words/en-kiosk.ts";
import { enSite } from "../src/words/en-site.ts";
import { zh } from "../src/words/zh.ts";
import { zhConsole } from "../src/words/zh-console.ts";
import { zhKiosk } from "../src/words/zh-kiosk.ts";
import { zhSite } from "../src/words/zh-site.ts";

const PAIRS: [string, object, object][] = [
  ["common", zh, en],
  ["site", zhSite, enSite],
  ["console", zhConsole, enConsole],
  ["kiosk", zhKiosk, enKiosk],
];
const HAN = /\p{Script=Han}/u;

/** Every sentence of a catalogue, with numbers for whatever it asks for. */
function sentences(catalogue: object): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]): [string, string][] => {
    if (typeof value === "function")
      return [[key, String(value(...Array.from({ length: value.length }, (_, i) => fill(key, i))))]];
    if (typeof value === "string") return [[key, value]];
    return Object.entries(value as object).map(([inner, text]) => [`${key}.${inner}`, JSON.stringify(text)]);
  });
}

function fill(key: string, position: number): unknown {
  if (["list", "sentence", "sentences"].includes(key)) return ["1", "2"];
  if (key === "undo") return "1";
  return position + 1;
}

for (const [name, chinese, english] of PAIRS) {
  test(`both languages of ${name} say the same things`, () => {
    assert.deepEqual(Object.keys(english).sort(), Object.keys(chinese).sort());
    for (const [key, text] of sentences(english)) assert.ok(!HAN.test(text), `${key} is not English: ${text}`);
    for (const [key, text] of sentences(chinese)) assert.notEqual(text.trim(), "", key);
    for (const [key, text] of [...sentences(chinese), ...sentences(english)])
      assert.ok(!/undefined|NaN|\[object/.test(text), `${key}: ${text}`);
  });
}

test("every act of the console has a name", () => {
  assert.deepEqual(Object.keys(enConsole.acts).sort(), Object.keys(zhConsole.acts).sort());
  assert.deepEqual(
    enConsole.keys.map(([key]) => key),
    zhConsole.keys.map(([key]) => key),
  );
});

test("the templates name only words that exist, and hold none themselves", () => {
  const templates = join(process.env.PAGES_TEMPLATES ?? "", "live");
  const own: Record<string, object> = { room: { ...zh, ...zhSite }, wall: zh, console: { ...zh, ...zhConsole } };
  for (const [page, catalogue] of Object.entries(own)) {
    const html = readFileSync(join(templates, `${page}.html`), "utf8");
    for (const [, key] of html.matchAll(/data-(?:word|label)="(\w+)"/g))
      assert.equal(typeof (catalogue as Record<string, unknown>)[key ?? ""], "string", `${page}: ${key}`);
    assert.ok(!HAN.test(html), page);
  }
});
