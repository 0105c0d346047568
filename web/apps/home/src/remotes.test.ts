// SPDX-License-Identifier: Apache-2.0
import { CUE_COMPONENT, PICTURE_COMPONENT } from "@matchcue/remote-kit/contract.ts";
import { beforeEach, expect, test, vi } from "vitest";

import { Remotes } from "./remotes.ts";

const bet = { manifest: "http://localhost:3001/v2/mf-manifest.json", integrity: null, sandbox: false };
const loadModule = vi.fn<(name: string, manifest: string, module: string) => Promise<unknown>>();
const checkIntegrity = vi.fn<() => Promise<void>>();
let remotes: Remotes;

beforeEach(() => {
  loadModule.mockReset().mockResolvedValue({ contract: CUE_COMPONENT, mount: () => () => undefined });
  checkIntegrity.mockReset().mockResolvedValue();
  remotes = new Remotes({ configured: new Map([["bet", bet]]), loadModule, checkIntegrity, now: () => 0 });
});

test("a module is loaded by its remote's manifest, and digests are checked once", async () => {
  await remotes.load("bet", "./Bet", CUE_COMPONENT);
  await remotes.load("bet", "./Bet", CUE_COMPONENT);
  expect(loadModule).toHaveBeenLastCalledWith("bet", bet.manifest, "./Bet");
  expect(checkIntegrity).toHaveBeenCalledOnce();
  expect(Remotes.base(bet)).toBe("http://localhost:3001/v2/");
});

test("a remote that was changed is not loaded, and is checked again at the next try", async () => {
  checkIntegrity.mockRejectedValueOnce(new Error("remote.js is not what it should be"));
  await expect(remotes.load("bet", "./Bet", CUE_COMPONENT)).rejects.toThrow("remote.js is not what it should be");
  expect(loadModule).not.toHaveBeenCalled();
  await remotes.load("bet", "./Bet", CUE_COMPONENT);
  expect(checkIntegrity).toHaveBeenCalledTimes(2);
});

test("what nobody configured, and what keeps another contract, is refused in words", async () => {
  await expect(remotes.load("dice", "./Roll", CUE_COMPONENT)).rejects.toThrow('no remote "dice" is configured');
  await expect(remotes.load("bet", "./Bet", PICTURE_COMPONENT)).rejects.toThrow("bet/./Bet does not keep the contract picture-component/1");
  loadModule.mockResolvedValue(null);
  await expect(remotes.load("bet", "./Bet", CUE_COMPONENT)).rejects.toThrow("does not keep the contract");
});

test("each remote has a breaker of its own", () => {
  for (let time = 0; time < 3; time++) remotes.breaker("bet").failed();
  expect([remotes.breaker("bet").begin(), remotes.breaker("ad").begin()]).toEqual([false, true]);
});
