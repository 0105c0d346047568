// SPDX-License-Identifier: Apache-2.0
//
// Reads text/event-stream from bytes as they come (WHATWG HTML, "Parsing an event stream"). EventSource cannot send an
// Authorization header, so the studio reads the body of a fetch.

export interface StreamedFrame {
  readonly event: string;
  readonly data: string;
  /** The last id that the stream gave, of this frame or an earlier one. */
  readonly id: string;
}

/** Takes the bytes in any portions, also ones that split a character or a line end. */
export function makeFrameReader(onFrame: (frame: StreamedFrame) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  let data: string[] = [];
  let id = "";

  function readLine(line: string): void {
    if (line === "") {
      if (data.length) onFrame({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id" && !value.includes("\0")) id = value;
  }

  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    // A carriage return at the end may be half of a line end.
    const until = rest.endsWith("\r") ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, until).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? "") + rest.slice(until);
    for (const line of lines) readLine(line);
  };
}
