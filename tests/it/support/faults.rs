//! How an answer is transmitted: whole, or cut, reset, stalled, dripped, without end.

use std::io::{self, BufReader, Write};
use std::time::Duration;

use socket2::SockRef;

use super::exchange::Reply;
use super::server::Wire;

/// A flood stops here, should the other side take all of it.
const FLOOD: usize = 10 << 30;

/// How an answer is transmitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transmission {
    /// As it should; the connection is kept.
    Whole,
    /// Whole, and then the connection is closed without a word: the next request on it finds nobody.
    Leave,
    /// So many bytes of it, then the end of the connection.
    Cut(usize),
    /// So many bytes of it, then a reset.
    Reset(usize),
    /// Nothing, until the other side hangs up.
    Stall,
    /// A byte at a time, so far apart.
    Drip(Duration),
    /// Its status and headers, and then a body without end.
    Flood,
}

impl Transmission {
    /// Writes the answer; whether the connection goes on.
    pub fn write(self, answer: &[u8], stream: &mut BufReader<Wire>) -> io::Result<bool> {
        let wire = stream.get_mut();
        match self {
            Transmission::Whole => {
                wire.write_all(answer)?;
                return Ok(true);
            }
            Transmission::Leave => wire.write_all(answer)?,
            Transmission::Cut(count) => wire.write_all(&answer[..count.min(answer.len())])?,
            Transmission::Reset(count) => {
                wire.write_all(&answer[..count.min(answer.len())])?;
                // SummaryFooter without lingering is a reset.
                SockRef::from(wire.socket()).set_linger(Some(Duration::ZERO))?;
            }
            Transmission::Stall => {
                io::copy(stream, &mut io::sink())?;
            }
            Transmission::Drip(every) => {
                for byte in answer {
                    wire.write_all(&[*byte])?;
                    std::thread::sleep(every);
                }
                return Ok(true);
            }
            Transmission::Flood => {
                let text = String::from_utf8_lossy(answer);
                let head = text.split_once("\r\n\r\n").map_or("", |(head, _)| head);
                let head = head.lines().filter(|line| !line.starts_with("Content-Length"));
                let head = head.collect::<Vec<_>>().join("\r\n");
                wire.write_all(format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes())?;
                let mut chunk = b"10000\r\n".to_vec();
                chunk.extend(std::iter::repeat_n(b'x', 0x10000));
                chunk.extend(b"\r\n");
                for _ in 0..FLOOD / 0x10000 {
                    wire.write_all(&chunk)?;
                }
            }
        }
        Ok(false)
    }
}

/// The same bytes so many times, packed with gzip.
pub fn packed(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..times).for_each(|_| packed.write_all(bytes).expect("memory takes it"));
    packed.finish().expect("memory takes it")
}

/// A body of many mebibytes that is small on its way: zeros, packed with gzip.
pub fn bomb(mebibytes: usize) -> Reply {
    Reply::new(200, "application/json", packed(&vec![0; 1 << 20], mebibytes)).header("Content-Encoding", "gzip")
}

/// Faults in an order that a seed decides.
pub struct RandomFaults {
    dice: fastrand::Rng,
    share: f64,
}

impl RandomFaults {
    /// A share (0 to 1) of the answers gets a fault.
    pub fn new(seed: u64, share: f64) -> RandomFaults {
        RandomFaults { dice: fastrand::Rng::with_seed(seed), share }
    }

    /// The next answer: the documented success, perhaps after a fault. Nothing in it is final, so that an importer
    /// that tries again succeeds in the end; some of what goes wrong was applied, as in life.
    pub fn reply(&mut self) -> Reply {
        if self.dice.f64() >= self.share {
            return Reply::ok();
        }
        let applied = self.dice.bool();
        let whole = Reply::ok().bytes().len();
        match self.dice.u8(0..8) {
            0 => Reply::refused(500, "Internal Server Error"),
            1 => Reply::html(502),
            2 => Reply::refused(503, "Service Unavailable"),
            3 => Reply::refused(429, "Too Many Requests").header("Retry-After", "0"),
            4 => Reply::ok().transmission(Transmission::Cut(self.dice.usize(0..whole))).applies(applied),
            5 => Reply::ok().transmission(Transmission::Reset(self.dice.usize(0..whole))).applies(applied),
            6 => Reply::ok().transmission(Transmission::Leave),
            _ => Reply::ok().after(Duration::from_millis(self.dice.u64(1..50))),
        }
    }
}
