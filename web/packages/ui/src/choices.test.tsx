// SPDX-License-Identifier: Apache-2.0
import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { Choices } from "./choices.tsx";

afterEach(cleanup);

const options = [{ text: "Yes" }, { text: "No", mark: "wrong" as const, end: "29%" }];

test("options are a named group of buttons that the keyboard reaches and presses", async () => {
  const onChoose = vi.fn();
  render(<Choices legend="Was it a penalty?" options={options} chosen={null} onChoose={onChoose} />);
  expect(screen.getByRole("group", { name: "Was it a penalty?" })).toBeTruthy();
  const user = userEvent.setup();
  await user.tab();
  await user.tab();
  await user.keyboard("{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith(1);
});

test("once chosen they can still be focused, but choose nothing more", async () => {
  const onChoose = vi.fn();
  render(<Choices legend="Sure?" options={options} chosen={0} onChoose={onChoose} />);
  const yes = screen.getByRole("button", { name: "Yes", pressed: true });
  await userEvent.setup().click(yes);
  expect(document.activeElement).toBe(yes);
  expect(onChoose).not.toHaveBeenCalled();
});

test("unless they are open for another choice", async () => {
  const onChoose = vi.fn();
  render(<Choices legend="Sure?" options={options} chosen={0} locked={false} onChoose={onChoose} />);
  await userEvent.setup().click(screen.getByRole("button", { name: /No/ }));
  expect(onChoose).toHaveBeenCalledExactlyOnceWith(1);
});

test("a mark is said in words, not by colour alone", () => {
  render(<Choices legend="Sure?" options={options} chosen={1} onChoose={vi.fn()} />);
  expect(screen.getByRole("button", { name: "No 29% not correct" })).toBeTruthy();
});
