// What tells documents apart that mean different things?
import { crc32 } from "demo:text/checksum@1.0.0";
import { normalize } from "demo:text/json@1.0.0";

export const fingerprint = {
  fingerprint(document) {
    // What is above 2^31 comes as a negative number in QuickJS.
    const checksum = crc32(normalize(document)) >>> 0;
    return checksum.toString(16).padStart(8, "0");
  },
};
