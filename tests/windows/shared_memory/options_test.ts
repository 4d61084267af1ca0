import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { testOptionTables } from "../../util/option_table.ts";

testOptionTables([{
  call: "SharedMemory.view()",
  run: (options) => {
    using memory = SharedMemory.create({ size: 8 });
    return memory.view(options as { offset: number });
  },
  wrong: {
    offset: ["0", "offset must be a number"],
    length: [null, "length must be a number"],
    access: ["write", 'access must be "readWrite", "read" or "copyOnWrite"'],
    address: [65536, "address must be a bigint"],
  },
}]);
