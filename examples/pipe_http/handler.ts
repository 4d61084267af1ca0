import type { Handler } from "./serve_http.ts";

const visits = new Map<string, number>();

/** A small web service, written for `Deno.serve()`. */
export const handler: Handler = (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/upper" && request.method === "POST") {
    const upper = new TransformStream<string, string>({
      transform: (text, controller) => controller.enqueue(text.toUpperCase()),
    });
    const text = request.body?.pipeThrough(new TextDecoderStream()).pipeThrough(upper);
    return new Response(text?.pipeThrough(new TextEncoderStream()));
  }
  if (pathname === "/visits") return Response.json(Object.fromEntries(visits));
  if (request.method !== "GET") {
    return new Response(`${request.method} is not for ${pathname}\n`, { status: 405 });
  }
  visits.set(pathname, (visits.get(pathname) ?? 0) + 1);
  return new Response(`GET ${pathname}`);
};
