// SPDX-License-Identifier: Apache-2.0
//
// What the sample's container application does: one socket on the sample's route, the picture, and a block that changes with
// what is pushed. One remote is imported at once, the others when they are needed.
/* global WEB_SOCKET_URL_HOST */
import React, { createElement, lazy, Suspense, useEffect, useState } from "react";
import Video from "video/Video";

const Bet = lazy(() => import("bet/Bet"));
const Player = lazy(() => import("player/Player"));

const RECONNECT_MS = 5_000;
const hello = { action: "sendmessage", consumer_id: "1", device_id: "d1", content_id: "c1" };

/** Calls `onText` with every message, until the answer is called. */
function connect(onText) {
  let timer;
  let client;
  const open = () => {
    client = new WebSocket(`wss://${WEB_SOCKET_URL_HOST}/dev`);
    window.client = client;
    client.onopen = () => {
      console.log("websocket connection opened...");
      client.send(JSON.stringify(hello));
    };
    client.onmessage = ({ data }) => {
      console.log(`data receive debug...${data}`);
      onText(data);
    };
    client.onclose = () => {
      console.log("websocket connection closed, again in 5 s");
      timer = setTimeout(open, RECONNECT_MS);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    client.onclose = null;
    client.close();
  };
}

/** Which remote the text asks for: by the last two characters of GENERAL's item. Undefined leaves it as it is. */
function blockOf(text) {
  const general = JSON.parse(text).GENERAL;
  if (general === undefined) return undefined;
  return parseInt(general.slice(-2), 10) < 15 ? Bet : Player;
}

export function App() {
  const [Block, setBlock] = useState(null);
  useEffect(
    () =>
      connect((text) => {
        const next = blockOf(text);
        if (next) setBlock(() => next);
      }),
    [],
  );
  return createElement(
    React.Fragment,
    null,
    createElement("header", null, "Personalize Soccer Demo"),
    createElement(
      "main",
      null,
      createElement("section", { id: "wide" }, createElement(Video)),
      createElement("aside", { id: "block" }, Block ? createElement(Suspense, { fallback: "Loading" }, createElement(Block)) : "Engagement Block"),
    ),
  );
}
