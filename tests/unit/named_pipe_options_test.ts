import {
  NamedPipeThreadServer,
  type NamedPipeThreadServerOptions,
} from "../../src/named_pipe/mod.ts";
import { testOptionTables } from "../util/option_table.ts";

testOptionTables([{
  call: "NamedPipeThreadServer()",
  run: (options) => new NamedPipeThreadServer(options as NamedPipeThreadServerOptions),
  valid: { path: "any", handler: import.meta.url },
  required: true,
  wrong: {
    path: [5, "The path of a pipe must be a string"],
    mode: [1, 'mode must be one of "byte", "message"'],
    direction: ["both", "direction must be one of"],
    maxInstances: ["1", "maxInstances must be a number"],
    bufferSize: ["1", "bufferSize must be a number"],
    security: [5, "security must be"],
    allowRemote: ["no", "allowRemote must be true or false"],
    firstInstance: [1, "firstInstance must be true or false"],
    currentUserOnly: ["yes", "currentUserOnly must be true or false"],
    defaultTimeout: ["50", "defaultTimeout must be a number of milliseconds"],
    handler: ["handler.ts", 'handler must be the URL of a module, not "handler.ts"'],
    maxThreads: ["4", "maxThreads must be a number"],
    onError: [{}, "onError must be a function"],
  },
}]);
