import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";

/** Answers each message with who asked and how large it was; some do other things. */
export function handle(conn: NamedPipeConn): Promise<void> | void {
  const decoder = new TextDecoder();
  const reply = (text: string) => conn.writeSync(new TextEncoder().encode(text));
  for (let m = conn.readMessageSync(); m !== null; m = conn.readMessageSync()) {
    switch (m.byteLength < 20 ? decoder.decode(m) : "") {
      case "throw":
        throw new Deno.errors.NotCapable("as asked", { cause: new RangeError("why") });
      case "throw text":
        throw "only text";
      case "stray":
        // Nobody awaits it, which ends the thread.
        Promise.reject(new Error("beside the call"));
        return;
      case "stray and stay":
        Promise.reject(new Error("beside the call"));
        return new Promise(() => {});
      case "close":
        conn.close();
        return;
      case "later":
        return Promise.resolve().then(() => {
          reply("later");
        });
      default:
        reply(`${conn.peer.processId}:${m.byteLength}`);
    }
  }
}
