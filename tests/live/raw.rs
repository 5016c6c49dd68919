//! A client that is no good: plain TCP with a small receive buffer, which reads only when it is told to.

use std::io::{Read, Write};
use std::net::TcpStream;

use socket2::{Domain, Socket, Type};

use crate::server::{PATIENCE, Shop};
use crate::viewer::Transport;

pub struct Raw(pub TcpStream);

impl Raw {
    /// Asks for the stream and reads nothing, not even the answer.
    pub fn open(shop: &Shop, transport: Transport) -> Self {
        let upgrade = match transport {
            Transport::WebSocket => {
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            }
            Transport::Events => "Accept: text/event-stream\r\n",
        };
        let path = format!("/v1/inventories/{}/live", shop.inventory);
        Self::asking(shop, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{upgrade}\r\n", shop.address))
    }

    /// Sends this and reads nothing.
    pub fn asking(shop: &Shop, request: &str) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        // Small, so that the server soon notices that nobody reads.
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        socket.connect(&shop.address.into()).unwrap();
        let mut stream: TcpStream = socket.into();
        stream.write_all(request.as_bytes()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Reads until the server ends the connection; all that came.
    pub fn read_to_the_end(mut self) -> Vec<u8> {
        let mut all = Vec::new();
        // A reset is an end too.
        let _how = self.0.read_to_end(&mut all);
        all
    }

    /// A frame as clients send them: masked, here with zeros.
    pub fn send_frame(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            len @ 0..=125 => frame.push(0x80 | len as u8),
            len => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&(len as u16).to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.0.write_all(&frame).unwrap();
    }

    pub fn wait_readable(&self) {
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut one = [0; 1];
        assert_eq!(self.0.peek(&mut one).unwrap(), 1);
    }
}
