// Prints the current user's SID, as another process sees it.

import { currentUserSid } from "../../../src/security/mod.ts";

console.log(currentUserSid());
