//! Where contacts are sent: the endpoint, a proxy, and headers of the user's own.
//!
//! What is accepted here is narrower than what a URL may be, so that no two readers of it can disagree about the host.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::secret::Secret;

/// The URL that contacts are posted to: https, or plain http on a literal loopback address; without user or password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Parts);

/// A proxy's URL. It may hold a name and a password, so it is shown without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    parts: Parts,
    user: Option<Secret>,
}

/// One more header for every request. Its value may be a key, so it is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: Secret,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    /// From the first slash on.
    path: String,
}

impl Endpoint {
    /// The whole URL, query included.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.0.path)
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> String {
        self.0.origin()
    }

    /// The host, with its port if it has one.
    pub fn host(&self) -> String {
        self.0.host()
    }

    /// Whether it is on this machine, where no proxy helps.
    pub fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }
}

/// The URL without its query, as messages and reports show it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.path.split('?').next().unwrap_or_default();
        write!(f, "{}{path}", self.origin())
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Endpoint, String> {
        let (parts, user) = Parts::read(text)?;
        if user.is_some() {
            return Err("holds a user or password; the token goes into --token-file".to_owned());
        }
        if parts.scheme == "http" && !parts.is_loopback() {
            let remedy = match parts.host.as_str() {
                "localhost" => format!("write http://127.0.0.1{}{}", colon(parts.port), parts.path),
                host => format!("write https://{host}{}{}", colon(parts.port), parts.path),
            };
            return Err(format!("would send token and contacts unencrypted: {remedy}"));
        }
        Ok(Endpoint(parts))
    }
}

impl Proxy {
    /// The whole URL, with name and password.
    pub fn expose(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{}@", user.expose())).unwrap_or_default();
        format!("{}://{user}{}{}", self.parts.scheme, self.parts.host(), self.parts.path)
    }
}

/// The URL without name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.user.is_some() { "…@" } else { "" };
        write!(f, "{}://{user}{}{}", self.parts.scheme, self.parts.host(), self.parts.path)
    }
}

impl FromStr for Proxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Proxy, String> {
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let (parts, user) = Parts::read(&text)?;
        Ok(Proxy { parts, user: user.map(|user| Secret::new(user.to_owned())) })
    }
}

impl Parts {
    /// Splits a URL; the user's part comes apart.
    fn read(text: &str) -> Result<(Parts, Option<&str>), String> {
        let (scheme, rest) = text.split_once("://").ok_or("is not a whole URL such as https://host/path")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" => "http",
            _ => return Err("is neither https nor http".to_owned()),
        };
        if let Some(odd) = rest.chars().find(|c| !c.is_ascii_graphic() || r#"\"<>^`{|}#"#.contains(*c)) {
            return Err(format!("holds the character {odd:?}, which must be percent-encoded or left out"));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (user, address) = match authority.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, authority),
        };
        let (host, port) = match address.rfind(':').filter(|at| !address.ends_with(']') && *at > 0) {
            Some(at) => address.split_at_checked(at).unwrap_or((address, "")),
            None => (address, ""),
        };
        let port = match port.strip_prefix(':') {
            None => None,
            Some(port) => Some(port.parse().map_err(|_| "has a port that is no number up to 65535")?),
        };
        let bare = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok()),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        if !bare {
            return Err("has no host, or one that cannot be read".to_owned());
        }
        let path = match path {
            "" => "/".to_owned(),
            query if query.starts_with('?') => format!("/{query}"),
            path => path.to_owned(),
        };
        Ok((Parts { scheme, host: host.to_ascii_lowercase(), port, path }, user))
    }

    fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host())
    }

    fn host(&self) -> String {
        format!("{}{}", self.host, colon(self.port))
    }

    fn is_loopback(&self) -> bool {
        let v6 = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        match v6 {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
            None => self.host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        }
    }
}

fn colon(port: Option<u16>) -> String {
    port.map(|port| format!(":{port}")).unwrap_or_default()
}

/// Headers that the program writes itself, and what sets them instead.
const OWN_HEADERS: &[(&str, &str)] = &[
    ("authorization", "is made from the token; use --token-file"),
    ("authtype", "is set by --auth-type"),
    ("botid", "is set by --bot-id"),
    ("connection", "is set by the program"),
    ("content-encoding", "is set by the program"),
    ("content-length", "is set by the program"),
    ("content-type", "is set by the program"),
    ("host", "is made from the endpoint"),
    ("idempotency-key", "is made from job and body"),
    ("proxy-authorization", "is made from --proxy"),
    ("te", "is set by the program"),
    ("trailer", "is set by the program"),
    ("transfer-encoding", "is set by the program"),
    ("upgrade", "is set by the program"),
    ("x-request-id", "is made for every request"),
];

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Header, String> {
        let (name, value) = text.split_once(':').ok_or("is not of the form 'NAME: VALUE'")?;
        let name = name.trim().to_ascii_lowercase();
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return Err("has a name that no header can have".to_owned());
        }
        if let Some((_, why)) = OWN_HEADERS.iter().find(|(own, _)| *own == name) {
            return Err(format!("cannot set {name}: it {why}"));
        }
        let value = value.trim();
        if !value.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '\t') {
            return Err(format!("has a value for {name} that is not plain ASCII"));
        }
        Ok(Header { name, value: Secret::new(value.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let good = [
            ("https://api.example.com/a/b", "https://api.example.com/a/b", "api.example.com", false),
            ("HTTPS://API.example.com", "https://api.example.com/", "api.example.com", false),
            ("https://h:8443/x?botId=1", "https://h:8443/x", "h:8443", false),
            ("https://h?x=1", "https://h/", "h", false),
            ("http://127.0.0.1:8787/inbox", "http://127.0.0.1:8787/inbox", "127.0.0.1:8787", true),
            ("http://127.9.9.9/", "http://127.9.9.9/", "127.9.9.9", true),
            ("http://[::1]:80/x", "http://[::1]:80/x", "[::1]:80", true),
            ("https://h/@x:y", "https://h/@x:y", "h", false),
        ];
        for (text, shown, host, loopback) in good {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!((endpoint.to_string(), endpoint.host()), (shown.to_owned(), host.to_owned()), "{text}");
            assert_eq!(endpoint.is_loopback(), loopback, "{text}");
        }
        assert_eq!("https://h?x=1".parse::<Endpoint>().unwrap().url(), "https://h/?x=1");
        let bad = [
            ("", "whole URL"),
            ("api.example.com/x", "whole URL"),
            ("ftp://h/", "neither https nor http"),
            ("https://", "no host"),
            ("https:///x", "no host"),
            ("https://me:pw@h/", "user or password"),
            ("https://token@h/", "user or password"),
            ("http://api.example.com/x", "write https://api.example.com/x"),
            ("http://localhost:8787/x", "write http://127.0.0.1:8787/x"),
            ("http://0177.0.0.1/", "unencrypted"),
            ("http://127.1/", "unencrypted"),
            ("http://127.0.0.1.evil.com/", "unencrypted"),
            ("http://127.0.0.1@evil.com/", "user or password"),
            ("http://127.0.0.1\\@evil.com/", "character"),
            ("http://127.0.0.1#@evil.com/", "character"),
            ("https://h h/", "character"),
            ("https://h/\u{7}", "character"),
            ("https://münchen.de/", "character"),
            ("https://h:99999/", "port"),
            ("https://h:/", "port"),
            ("https://[::1/", "no host"),
            ("http://[127.0.0.1]/", "no host"),
        ];
        for (text, why) in bad {
            let error = text.parse::<Endpoint>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn proxies_are_shown_without_password() {
        let proxy: Proxy = "http://me:geheim@proxy:3128".parse().unwrap();
        assert_eq!(proxy.to_string(), "http://…@proxy:3128/");
        assert_eq!(proxy.expose(), "http://me:geheim@proxy:3128/");
        assert!(!format!("{proxy:?}").contains("geheim"));
        assert_eq!("proxy:3128".parse::<Proxy>().unwrap().expose(), "http://proxy:3128/");
        assert!("socks5://proxy".parse::<Proxy>().is_err());
    }

    #[test]
    fn headers() {
        let header: Header = "X-Key:  geheim ".parse().unwrap();
        assert_eq!((header.name.as_str(), header.value.expose()), ("x-key", "geheim"));
        assert!(!format!("{header:?}").contains("geheim"));
        for text in ["", "X-Key", ": x", "X Key: x", "X: a\r\nB: c", "X: ü", "Authorization: Bearer x", "HOST: x"] {
            let error = text.parse::<Header>().unwrap_err();
            assert!(!error.contains("Bearer"), "{text}: {error}");
        }
    }
}
