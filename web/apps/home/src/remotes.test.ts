// SPDX-License-Identifier: Apache-2.0
import { CUE_COMPONENT, PICTURE_COMPONENT } from "@matchcue/remote-kit/contract.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { RemoteConfig } from "./config.ts";
import { Remotes } from "./remotes.ts";

const bet = { manifest: "http://localhost:3001/v2/mf-manifest.json", integrity: null, sandbox: false };
const rebuilt = { ...bet, manifest: "http://localhost:3001/v3/mf-manifest.json", integrity: new Map([["remote.js", "sha384-new"]]) };
const loadModule = vi.fn<(name: string, manifest: string, module: string) => Promise<unknown>>();
const checkIntegrity = vi.fn<() => Promise<void>>();
const reconfigure = vi.fn<() => Promise<ReadonlyMap<string, RemoteConfig>>>();
let time: number;
let remotes: Remotes;

beforeEach(() => {
  loadModule.mockReset().mockResolvedValue({ contract: CUE_COMPONENT, mount: () => () => undefined });
  checkIntegrity.mockReset().mockResolvedValue();
  reconfigure.mockReset().mockResolvedValue(new Map([["bet", rebuilt]]));
  time = 0;
  remotes = new Remotes({ configured: new Map([["bet", bet]]), loadModule, checkIntegrity, reconfigure, now: () => time, random: () => 0.5 });
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

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

describe("a remote that was built anew while the page is open", () => {
  const old = { ...bet, integrity: new Map([["remote.js", "sha384-old"]]) };
  const load = () => remotes.load("bet", "./Bet", CUE_COMPONENT);
  beforeEach(() => {
    remotes = new Remotes({ configured: new Map([["bet", old]]), loadModule, checkIntegrity, reconfigure, now: () => time, random: () => 0.5 });
  });

  test("is checked by its new digests at the next try", async () => {
    checkIntegrity.mockRejectedValueOnce(new Error("remote.js is not what it should be"));
    await expect(load()).rejects.toThrow("remote.js is not what it should be");
    expect(reconfigure).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    await load();
    expect(checkIntegrity).toHaveBeenLastCalledWith(rebuilt);
    expect(loadModule).toHaveBeenLastCalledWith("bet", rebuilt.manifest, "./Bet");
  });

  test("is checked by them also when the check of the old build ends after they came", async () => {
    checkIntegrity.mockRejectedValueOnce(new Error("remote.js cannot be read"));
    await expect(load()).rejects.toThrow("remote.js cannot be read");
    let pass = (): void => undefined;
    checkIntegrity.mockReturnValueOnce(new Promise((done) => (pass = done)));
    const slow = load();
    await vi.advanceTimersByTimeAsync(10_000);
    pass();
    await slow;
    await load();
    expect(checkIntegrity.mock.calls).toEqual([[old], [old], [rebuilt]]);
  });

  test("is checked again when a part of it is gone, and asks once a minute at most", async () => {
    await load();
    loadModule.mockRejectedValue(new Error("it cannot be loaded"));
    for (const seconds of [5, 10, 61]) {
      time = seconds * 1_000;
      await expect(load()).rejects.toThrow("it cannot be loaded");
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(checkIntegrity).toHaveBeenCalledTimes(3);
    expect(reconfigure).toHaveBeenCalledTimes(1);
    time = 66_000;
    await expect(load()).rejects.toThrow("it cannot be loaded");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(reconfigure).toHaveBeenCalledTimes(2);
  });

  test("goes on as it was when the configuration cannot be read", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    reconfigure.mockRejectedValue(new Error("config.json cannot be reached"));
    checkIntegrity.mockRejectedValueOnce(new Error("changed"));
    await expect(load()).rejects.toThrow("changed");
    await vi.advanceTimersByTimeAsync(20_000);
    await load();
    expect(checkIntegrity).toHaveBeenLastCalledWith(old);
    expect(warned).toHaveBeenCalledOnce();
    time = 5_000;
    loadModule.mockRejectedValueOnce(new Error("it cannot be loaded"));
    await expect(load()).rejects.toThrow("it cannot be loaded");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(reconfigure).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });
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
