// Text becomes HTML here and nowhere else, so nothing gets into the page unescaped.

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template of {@linkcode html} takes: text is escaped, HTML is not, and lists are joined. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML by a template, whose values are escaped for text and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const texts = parts.map(toHtml);
  return new Html(strings.map((text, i) => text + (texts[i] ?? "")).join(""));
}

function toHtml(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(toHtml).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Data as JSON for a script element: nothing in it can end the element or open a comment. */
export function jsonForScript(data: unknown): Html {
  return new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
}

/**
 * Code for a script element. Where it has the end of such an element in it, that is in a text or a regular expression, in
 * which the backslash changes nothing.
 */
export function codeForScript(code: string): Html {
  return new Html(code.replace(/<(\/script|script|!--)/gi, (_, rest: string) => `\\x3c${rest}`));
}

/** Words of a licence as a comment of a script. */
export function licenceComment(name: string, licence: string): Html {
  const words = `${name}\n\n${licence.trim()}`.replaceAll("*/", "* /");
  return codeForScript(`/*!\n${words}\n*/\n`);
}
