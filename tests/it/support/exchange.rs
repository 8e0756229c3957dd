//! A request that a test server has received, and the answer it sends.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::contacts::phone;
use super::faults::Transmission;
use super::http::Head;

/// What was asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its number among all requests, from 1.
    pub number: usize,
    /// The number of its connection, from 1.
    pub connection: usize,
    /// When its body had been read.
    pub at: Instant,
    /// First line and headers.
    pub head: Head,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The contacts of the body; none when it is no array.
    pub contacts: Vec<Value>,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &str {
        self.head.word(0)
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        self.head.word(1)
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The phones of the contacts, prefix and number joined, in order.
    pub fn phones(&self) -> Vec<String> {
        self.contacts.iter().map(phone).collect()
    }

    /// Whether a phone is among them.
    pub fn has(&self, digits: &str) -> bool {
        self.contacts.iter().any(|contact| phone(contact) == digits)
    }
}

/// What is answered, and how it is sent.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers beside those of the body.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How it goes over the wire.
    pub transmission: Transmission,
    /// How long it takes until it does.
    pub delay: Duration,
    /// Whether the server now holds the contacts; by default after a 2xx.
    pub applies: bool,
}

impl Reply {
    /// Any status with any body.
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply {
            status,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.into(),
            transmission: Transmission::Whole,
            delay: Duration::ZERO,
            applies: (200..300).contains(&status),
        }
    }

    /// The documented success.
    pub fn ok() -> Reply {
        Reply::json(200, &json!({"status": "success", "message": "User profiles imported successfully."}))
    }

    /// A status with a JSON body.
    pub fn json(status: u16, body: &Value) -> Reply {
        Reply::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A refusal as the API words it.
    pub fn refused(status: u16, why: &str) -> Reply {
        Reply::json(status, &json!({"success": false, "message": why, "code": status, "data": [why]}))
    }

    /// A page, as a proxy or a login gives it.
    pub fn html(status: u16) -> Reply {
        Reply::new(status, "text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>")
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Reply {
        Reply::html(status).header("Location", to)
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes so long.
    pub fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }

    /// Goes over the wire otherwise.
    pub fn transmission(mut self, transmission: Transmission) -> Reply {
        self.transmission = transmission;
        self
    }

    /// The contacts are, or are not, held by the server, whatever it says.
    pub fn applies(mut self, applies: bool) -> Reply {
        self.applies = applies;
        self
    }

    /// The bytes of the answer.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = (text + "\r\n").into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
