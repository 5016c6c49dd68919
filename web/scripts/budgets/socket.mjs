// As much of RFC 6455 as a live stream needs: the upgrade, and text from the server. What a page says is not read.
import { createHash } from "node:crypto";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 0x81;

/** Answers the upgrade. */
export function accept(request, socket) {
  const key = request.headers["sec-websocket-key"];
  const answer = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${answer}`,
  ];
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", () => {});
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
}

/** One message, as the bytes that go to every page. */
export function message(text) {
  const payload = Buffer.from(text);
  return Buffer.concat([head(payload.length), payload]);
}

function head(length) {
  if (length < 126) return Buffer.from([TEXT, length]);
  if (length < 65_536) return Buffer.from([TEXT, 126, length >> 8, length & 255]);
  const long = Buffer.from([TEXT, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  long.writeUInt32BE(length, 6);
  return long;
}
