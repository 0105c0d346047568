// What /openapi.json says is valid OpenAPI 3.1, by a validator that others wrote.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Validator } from "@seriousme/openapi-schema-validator";

import { startServer } from "./harness.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

test("the API's description is valid OpenAPI 3.1", async () => {
  const description = await (await fetch(`${server.api}/openapi.json`)).json();
  const validator = new Validator();
  const result = await validator.validate(description);
  assert.ok(result.valid, JSON.stringify(result.errors));
  assert.equal(validator.version, "3.1");
});
