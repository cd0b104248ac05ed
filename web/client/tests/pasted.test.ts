import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "../src/office/editor.ts";
import { markup, type Piece, unstyled } from "../src/office/pasted.ts";

function text(value: string): Piece {
  return { nodeType: 3, nodeName: "#text", textContent: value, childNodes: [] };
}

function el(name: string, attributes: Record<string, string>, ...inner: (Piece | string)[]): Piece {
  const childNodes = inner.map((each) => (typeof each === "string" ? text(each) : each));
  return {
    nodeType: 1,
    nodeName: name.toUpperCase(),
    textContent: childNodes.map((each) => each.textContent ?? "").join(""),
    childNodes,
    getAttribute: (wanted) => attributes[wanted] ?? null,
  };
}

const LIST = { style: "margin-left:21.0pt;mso-list:l0 level1 lfo1" };
const SIGN = { style: "mso-list:Ignore" };

test("Word's list paragraphs become lists, whatever font their bullets are of", () => {
  const comment: Piece = { nodeType: 8, nodeName: "#comment", textContent: "[if !supportLists]", childNodes: [] };
  const body = el(
    "body",
    {},
    el("p", { class: "MsoNormal" }, "各居委会：", el("o:p", {})),
    el("p", LIST, comment, el("span", {}, el("span", SIGN, "\uf0b7", el("span", {}, "\u00a0\u00a0"))), "入户\n排查"),
    el("p", LIST, el("span", SIGN, "2.", el("span", {}, " ")), "登记 A\n  B"),
    el("style", {}, "p { color: red }"),
  );
  assert.equal(markup(body), "各居委会：\n- 入户排查\n2. 登记 A B");
});

test("lists, nested ones too, rows of tables and line breaks are lines", () => {
  const nested = el(
    "ul",
    {},
    el("li", {}, "一", el("ol", { start: "3" }, el("li", {}, el("p", {}, "三")), el("li", {}))),
  );
  const table = el(
    "table",
    {},
    el("tr", {}, el("td", {}, "姓名"), el("th", {}, el("p", {}, "住"), el("p", {}, "址")), el("td", {})),
  );
  assert.equal(markup(el("body", {}, nested, "末", el("br", {}), "尾", table)), "- 一\n3. 三\n末\n尾\n姓名 | 住 址");
});

test("links keep their words, and only addresses that lead somewhere are links", () => {
  const body = el(
    "body",
    {},
    el("a", { href: "https://a.cn/x(1)" }, "通[知]"),
    el("a", { href: "javascript:alert(1)" }, "点我"),
    el("a", { href: "https://a.cn/" }, "https://a.cn"),
  );
  assert.equal(markup(body), "[通【知】](https://a.cn/x%281%29)点我 https://a.cn/");
});

test("what the server drops is not counted", () => {
  assert.equal(counted("  一 \u3000 二\r\n三  "), 5);
});

test("styles are out of the browser's sight before it reads what was pasted", () => {
  const html = `<STYLE>p { a }</style><p class=x style='mso-list:Ignore' STYLE = "b">my style= stays</p>`;
  const kept = `<p class=x data-style='mso-list:Ignore' data-style = "b">my style= stays</p>`;
  assert.equal(unstyled(html), kept);
});
