/**
 * Named pipes as streams of Node: what libraries from npm take for a connection.
 *
 * It is apart from `@winipc/winipc/named-pipe`, which loads nothing of Deno's Node compatibility.
 *
 * @module
 */
export { type NamedPipeDuplex, toDuplex } from "./pipe_duplex.ts";
