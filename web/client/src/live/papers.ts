/* Documents of a site's items, as GET /meetings/7/documents.json tells them. */

export interface Paper {
  id: number;
  name: string;
  /** In words: "2.4 MB". */
  size: string;
  /** Its media type, which the server knows by the content. */
  type: string;
}

export interface Papers {
  items: { title: string; department: string; documents: Paper[] }[];
}

/** What a browser shows by itself; anything else is kept on the computer. */
const SHOWN = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"];

export function isShown(paper: Paper): boolean {
  return SHOWN.some((type) => paper.type === type || paper.type.startsWith(`${type};`));
}
