//! A gRPC client that costs little: requests are encoded beforehand, and of answers only the frames are looked at. An
//! answer with data is good; one whose first headers are its last was turned away or failed.

#![allow(dead_code, reason = "each bench uses a part")]

use prost::Message;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The greeting of HTTP/2.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// So many bytes may come before we say that we took them.
const WINDOW: u32 = 1 << 30;
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// Requests at the same time on one connection, a little below what the server allows.
const MOST_STREAMS: usize = 250;

/// A request, ready but for the number of its stream.
pub struct Prepared {
    bytes: Vec<u8>,
    data_at: usize,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The headers of a call, without the connection's memory of earlier ones.
pub fn headers(path: &str, timeout: &str) -> Vec<u8> {
    let mut block = vec![0x83, 0x86];
    let mut literal = |name: &[u8], value: &str| {
        block.extend(name);
        block.push(value.len() as u8);
        block.extend(value.as_bytes());
    };
    literal(&[0x04], path);
    literal(&[0x01], "localhost");
    literal(&[0x0f, 0x10], "application/grpc");
    literal(b"\0\x02te", "trailers");
    if !timeout.is_empty() {
        literal(b"\0\x0cgrpc-timeout", timeout);
    }
    block
}

impl Prepared {
    /// A call of this method, with a deadline as gRPC writes it.
    pub fn new(path: &str, message: &impl Message, timeout: &str) -> Prepared {
        let mut body = vec![0];
        body.extend((message.encoded_len() as u32).to_be_bytes());
        body.extend(message.encode_to_vec());
        let mut bytes = frame(HEADERS, END_HEADERS, 0, &headers(path, timeout));
        let data_at = bytes.len();
        bytes.extend(frame(DATA, END_STREAM, 0, &body));
        Prepared { bytes, data_at }
    }

    /// The first part of the call, and of its message only the beginning: what a client leaves that stalls.
    pub fn half(&self) -> Vec<u8> {
        let mut bytes = self.numbered(1);
        bytes.truncate(self.data_at + HEAD + 6);
        bytes
    }

    fn numbered(&self, stream: u32) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for at in [0, self.data_at] {
            bytes[at + 5..at + HEAD].copy_from_slice(&stream.to_be_bytes());
        }
        bytes
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Good,
    /// Turned away, or failed.
    Refused,
}

/// One connection.
pub struct Wire {
    stream: TcpStream,
    next: u32,
    /// The intended times of those under way, and whether data has come.
    under_way: HashMap<u32, (Instant, bool)>,
    unsent: Vec<u8>,
    unread: Vec<u8>,
    taken: u32,
}

impl Wire {
    pub fn connect(address: &str) -> Wire {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let mut greeting = PREFACE.to_vec();
        let mut window = vec![0, 4];
        window.extend(WINDOW.to_be_bytes());
        greeting.extend(frame(SETTINGS, 0, 0, &window));
        greeting.extend(frame(WINDOW_UPDATE, 0, 0, &WINDOW.to_be_bytes()));
        stream.write_all(&greeting).expect("sent");
        stream.set_nonblocking(true).expect("a socket");
        Wire {
            stream,
            next: 1,
            under_way: HashMap::new(),
            unsent: Vec::new(),
            unread: Vec::with_capacity(1 << 20),
            taken: 0,
        }
    }

    /// Queues a request. False if the connection has as many as it may have.
    pub fn send(&mut self, request: &Prepared, intended: Instant) -> bool {
        if self.under_way.len() >= MOST_STREAMS {
            return false;
        }
        self.unsent.extend(request.numbered(self.next));
        self.under_way.insert(self.next, (intended, false));
        self.next += 2;
        true
    }

    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Sends what is queued and takes what has come.
    pub fn turn(&mut self, ended: &mut impl FnMut(Instant, End)) {
        self.flush();
        let mut part = [0; 64 << 10];
        loop {
            match self.stream.read(&mut part) {
                Ok(0) => panic!("the server closed the connection"),
                Ok(read) => self.unread.extend(&part[..read]),
                Err(why) if why.kind() == ErrorKind::WouldBlock => break,
                Err(why) => panic!("{why}"),
            }
        }
        let mut at = 0;
        while let Some(head) = self.unread.get(at..at + HEAD) {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let (kind, flags) = (head[3], head[4]);
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            if self.unread.len() < at + HEAD + length {
                break;
            }
            let payload = at + HEAD..at + HEAD + length;
            at = payload.end;
            match kind {
                DATA => {
                    self.taken += length as u32;
                    if let Some((_, has_data)) = self.under_way.get_mut(&stream) {
                        *has_data = true;
                    }
                }
                SETTINGS if flags & ACK == 0 => {
                    self.unsent.extend(frame(SETTINGS, ACK, 0, &[]));
                }
                PING if flags & ACK == 0 => {
                    let pong = frame(PING, ACK, 0, &self.unread[payload.clone()]);
                    self.unsent.extend(pong);
                }
                GOAWAY => panic!("the server says good-bye"),
                _ => {}
            }
            let is_end = matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0;
            if (is_end || kind == RESET)
                && let Some((intended, has_data)) = self.under_way.remove(&stream)
            {
                let is_good = has_data && kind == HEADERS;
                ended(intended, if is_good { End::Good } else { End::Refused });
            }
        }
        self.unread.drain(..at);
        if self.taken > WINDOW / 4 {
            self.unsent
                .extend(frame(WINDOW_UPDATE, 0, 0, &self.taken.to_be_bytes()));
            self.taken = 0;
        }
        self.flush();
    }

    fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(why) if why.kind() == ErrorKind::WouldBlock => return,
                Err(why) => panic!("{why}"),
            }
        }
    }
}

/// Waits until something comes on one of the connections, or so long.
pub fn wait(wires: &[Wire], at_most: Duration) {
    let mut asked: Vec<PollFd<'_>> = wires
        .iter()
        .map(|wire| {
            let mut flags = PollFlags::IN;
            if !wire.unsent.is_empty() {
                flags |= PollFlags::OUT;
            }
            PollFd::new(&wire.stream, flags)
        })
        .collect();
    let time = Timespec {
        tv_sec: at_most.as_secs() as i64,
        tv_nsec: i64::from(at_most.subsec_nanos()),
    };
    // Interrupted or not: the caller looks at the clock.
    let _ = poll(&mut asked, Some(&time));
}
