//! As much of HTTP/1.1 as the tests speak: heads, bodies, and a client of one request.
//!
//! By hand, so that a mistake in the libraries we use cannot hide behind itself, and so that every byte can be chosen.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// The first line and the headers of a request or an answer.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The first line, without its end.
    pub first: String,
    /// The headers in order, their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head; `None` when the other side has closed before it.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut head = Head::default();
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        head.first = line.trim_end().to_owned();
        loop {
            line.clear();
            if from.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end().split_once(':') {
                Some((name, value)) => head.headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                None => return Ok(Some(head)),
            }
        }
    }

    /// The value of the first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// A word of the first line, from 0.
    pub fn word(&self, index: usize) -> &str {
        self.first.split(' ').nth(index).unwrap_or("")
    }

    /// How many bytes the body is said to have.
    pub fn length(&self) -> Option<usize> {
        self.header("content-length").and_then(|length| length.parse().ok())
    }

    /// Reads the body that follows the head. Without a length, that of an answer ends with the connection.
    pub fn body(&self, from: &mut impl BufRead) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            loop {
                let mut line = String::new();
                from.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
                from.take(size as u64).read_to_end(&mut body)?;
                from.read_line(&mut line)?;
                if size == 0 {
                    return Ok(body);
                }
            }
        }
        match self.length() {
            Some(length) => {
                body.resize(length, 0);
                from.read_exact(&mut body)?;
            }
            None if self.first.starts_with("HTTP/") => {
                from.read_to_end(&mut body)?;
            }
            None => {}
        }
        Ok(body)
    }
}

/// An answer, as the one who asked sees it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status line and headers.
    pub head: Head,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The status; 0 when the line cannot be read.
    pub fn status(&self) -> u16 {
        self.head.word(1).parse().unwrap_or(0)
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// A client that keeps its connection.
pub struct Client {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects to the host of a URL.
    pub fn of(url: &str) -> Client {
        let host = host(url);
        let stream = TcpStream::connect(&host).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket takes a timeout");
        Client { host, stream: BufReader::new(stream) }
    }

    /// Host and port of the other side.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request and reads its answer. A length is sent for every body, and a host always.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        let mut message = (text + "\r\n").into_bytes();
        message.extend_from_slice(body);
        self.stream.get_mut().write_all(&message)?;
        self.receive(method)
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads the answer to a request that was sent.
    pub fn receive(&mut self, method: &str) -> io::Result<Answer> {
        let head = Head::read(&mut self.stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let body = if method == "HEAD" { Vec::new() } else { head.body(&mut self.stream)? };
        Ok(Answer { head, body })
    }
}

/// Host and port of a URL.
pub fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or("").to_owned()
}

/// `GET` of a path with a bearer token, on a connection of its own.
pub fn get_with_token(url: &str, path: &str, token: &str) -> Answer {
    let token = format!("Bearer {token}");
    Client::of(url).send("GET", path, &[("Authorization", &token)], b"").expect("an answer")
}
