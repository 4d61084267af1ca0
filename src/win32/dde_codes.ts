// All errors of DdeGetLastError by their names in ddeml.h ("DdeGetLastError function").

export const DMLERR_ADVACKTIMEOUT = 0x4000;
export const DMLERR_BUSY = 0x4001;
export const DMLERR_DATAACKTIMEOUT = 0x4002;
export const DMLERR_DLL_NOT_INITIALIZED = 0x4003;
export const DMLERR_DLL_USAGE = 0x4004;
export const DMLERR_EXECACKTIMEOUT = 0x4005;
export const DMLERR_INVALIDPARAMETER = 0x4006;
export const DMLERR_LOW_MEMORY = 0x4007;
export const DMLERR_MEMORY_ERROR = 0x4008;
export const DMLERR_NOTPROCESSED = 0x4009;
export const DMLERR_NO_CONV_ESTABLISHED = 0x400a;
export const DMLERR_POKEACKTIMEOUT = 0x400b;
export const DMLERR_POSTMSG_FAILED = 0x400c;
export const DMLERR_REENTRANCY = 0x400d;
export const DMLERR_SERVER_DIED = 0x400e;
export const DMLERR_SYS_ERROR = 0x400f;
export const DMLERR_UNADVACKTIMEOUT = 0x4010;
export const DMLERR_UNFOUND_QUEUE_ID = 0x4011;
