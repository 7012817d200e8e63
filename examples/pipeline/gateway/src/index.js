// What tells documents apart that mean different things?
import { crc32 } from "demo:text/checksum@1.0.0";
import { normalize } from "demo:text/json@1.0.0";

export const fingerprint = {
  fingerprint(document) {
    return crc32(normalize(document)).toString(16).padStart(8, "0");
  },
};
