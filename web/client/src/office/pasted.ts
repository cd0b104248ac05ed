/* What Word, WPS and web pages put on the clipboard as HTML → the little markup of an item's text: a line for each
   paragraph, "- " and "1. " for lists, [words](address) for links, a line for each row of a table. The server cleans
   whatever comes; this only keeps what the clipboard's plain text would lose. */

/** The part of the DOM that is read here. */
export interface Piece {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<Piece>;
  getAttribute?(name: string): string | null;
}

const ELEMENT = 1;
const TEXT = 3;
const SKIPPED = new Set(["STYLE", "SCRIPT", "HEAD", "META", "TITLE", "XML", "TEMPLATE", "IMG", "SVG", "OBJECT"]);
const BLOCKS = new Set("P DIV H1 H2 H3 H4 H5 H6 BLOCKQUOTE PRE SECTION ARTICLE TABLE DL DT DD HR ADDRESS".split(" "));
const WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef";
const BROKEN = new RegExp(`(?<=[${WIDE}])[ \\t]*[\\r\\n]+[ \\t]*(?=[${WIDE}])`, "g");
const ORDINAL = /^[(（]?(\d{1,3})[.．、)）]/;

/** The same HTML with its styles out of the browser's sight: our policy forbids them even where nothing is drawn. */
export function unstyled(html: string): string {
  const kept = html.replace(/<style[^>]*>[\s\S]*?<\/style\s*>/gi, "");
  return kept.replace(/<[^>]*>/g, (tag) => tag.replace(/(\s)style(\s*=)/gi, "$1data-style$2"));
}

class Lines {
  readonly done: string[] = [];
  #line = "";
  #mark = "";

  add(text: string): void {
    this.#line += text;
  }

  /** End the line; the next begins with `mark` when anything is written on it. */
  end(mark = ""): void {
    const text = this.#line.replace(/[ \t\u00a0]+/g, " ").trim();
    if (text !== "") {
      this.done.push(this.#mark + text);
      this.#mark = "";
    }
    this.#line = "";
    if (mark !== "") this.#mark = mark;
  }

  /** What was to begin the next line begins none. */
  forget(): void {
    this.end();
    this.#mark = "";
  }
}

export function markup(root: Piece): string {
  const lines = new Lines();
  walk(root, lines);
  lines.end();
  return lines.done.join("\n");
}

function walk(piece: Piece, lines: Lines): void {
  if (piece.nodeType === TEXT) {
    lines.add((piece.textContent ?? "").replace(BROKEN, "").replace(/[\r\n]+/g, " "));
    return;
  }
  const name = piece.nodeName.toUpperCase();
  if (piece.nodeType === ELEMENT && isIgnored(piece)) return; // the mark before the line says it already
  if (SKIPPED.has(name) || piece.nodeType !== ELEMENT) return;
  if (name === "BR") lines.end();
  else if (name === "A") link(piece, lines);
  else if (name === "UL" || name === "OL") list(piece, lines, name === "OL");
  else if (name === "TR") row(piece, lines);
  else if (BLOCKS.has(name)) block(piece, lines);
  else inside(piece, lines);
}

function inside(piece: Piece, lines: Lines): void {
  for (const each of piece.childNodes) walk(each, lines);
}

function block(piece: Piece, lines: Lines): void {
  lines.end();
  const bullet = bulletOf(piece);
  if (bullet !== null) lines.end(marked(bullet));
  inside(piece, lines);
  lines.end();
}

function list(piece: Piece, lines: Lines, counted: boolean): void {
  lines.end();
  let number = Number(piece.getAttribute?.("start") ?? 1) || 1;
  for (const each of piece.childNodes) {
    if (each.nodeName.toUpperCase() !== "LI") {
      walk(each, lines);
      continue;
    }
    lines.end(counted ? `${number++}. ` : "- ");
    inside(each, lines);
    lines.forget();
  }
}

function row(piece: Piece, lines: Lines): void {
  lines.end();
  const cells: string[] = [];
  for (const each of piece.childNodes)
    if (/^T[DH]$/i.test(each.nodeName)) {
      const text = markup(each).replaceAll("\n", " ");
      if (text !== "") cells.push(text);
    }
  lines.add(cells.join(" | "));
  lines.end();
}

function link(piece: Piece, lines: Lines): void {
  const words = (piece.textContent ?? "").replace(/\s+/g, " ").trim();
  const address = (piece.getAttribute?.("href") ?? "").trim().replaceAll("(", "%28").replaceAll(")", "%29");
  if (words === "" || !/^(https?:\/\/|mailto:)[!-~]{1,290}$/.test(address)) {
    inside(piece, lines);
    return;
  }
  const same = words === address || words === address.replace(/^mailto:|\/$/g, "");
  lines.add(same ? ` ${address} ` : `[${words.replaceAll("[", "【").replaceAll("]", "】").slice(0, 200)}](${address})`);
}

/** Word's paragraphs of lists carry their sign as text that says it is to be ignored. */
function bulletOf(piece: Piece): string | null {
  const style = styleOf(piece);
  if (!/mso-list:/i.test(style) || /mso-list:\s*(ignore|none)/i.test(style)) return null;
  return ignored(piece) ?? "·";
}

function ignored(piece: Piece): string | null {
  for (const each of piece.childNodes) {
    if (each.nodeType !== ELEMENT) continue;
    if (isIgnored(each)) return (each.textContent ?? "").trim();
    const found = ignored(each);
    if (found !== null) return found;
  }
  return null;
}

function isIgnored(piece: Piece): boolean {
  return /mso-list:\s*ignore/i.test(styleOf(piece));
}

function styleOf(piece: Piece): string {
  return piece.getAttribute?.("data-style") ?? piece.getAttribute?.("style") ?? "";
}

function marked(bullet: string): string {
  const number = ORDINAL.exec(bullet)?.[1];
  return number === undefined ? "- " : `${Number(number)}. `;
}
