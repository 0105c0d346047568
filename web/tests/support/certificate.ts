// SPDX-License-Identifier: Apache-2.0
//
// A certificate for localhost that nobody trusts but who is told to.

import { execFileSync } from "node:child_process";
import { createHash, createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM */
  readonly certificate: string;
  readonly key: string;
  /** What Chromium has to be told to trust this one and no other. */
  readonly browserArgument: string;
  remove(): void;
}

export function makeCertificate(): Certificate {
  const folder = mkdtempSync(path.join(tmpdir(), "matchcue-certificate-"));
  const [certificateFile, keyFile] = [path.join(folder, "certificate.pem"), path.join(folder, "key.pem")];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names];
  execFileSync("openssl", [...kind, "-keyout", keyFile, "-out", certificateFile], { stdio: "pipe" });
  const certificate = readFileSync(certificateFile, "utf8");
  const digest = createHash("sha256").update(createPublicKey(certificate).export({ type: "spki", format: "der" })).digest("base64");
  return {
    certificateFile,
    keyFile,
    certificate,
    key: readFileSync(keyFile, "utf8"),
    browserArgument: `--ignore-certificate-errors-spki-list=${digest}`,
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
