//! Where contacts are sent: the endpoint, and a proxy.
//!
//! What is accepted here is narrower than what a URL may be, so that no two readers of it can disagree about the host.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use reqwest::Url;

use crate::secret::Secret;

/// The URL that contacts are posted to: https, or plain http on a literal loopback address or `localhost`; without user or password.
/// Only such an address is ever given a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// A proxy's URL. It may hold a name and a password, so it is shown without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    parts: Parts,
    user: Option<Secret>,
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
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The host, with its port where that is not the usual one.
    pub fn host(&self) -> String {
        format!("{}{}", self.0.host_str().unwrap_or_default(), colon(self.0.port()))
    }

    /// Whether it is on this machine, by its literal address or as `localhost`; no proxy helps there.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.0.host_str().unwrap_or_default())
    }
}

/// The URL without its query, as messages and reports show it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.0.scheme(), self.host(), self.0.path())
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Endpoint, String> {
        let (parts, user) = Parts::read(text)?;
        if user.is_some() {
            return Err("holds a user or password; the token goes into --token-file".to_owned());
        }
        if parts.scheme == "http" && !is_loopback(&parts.host) {
            // A query may hold a key.
            let path = parts.path.split('?').next().unwrap_or_default();
            let remedy = format!("write https://{}{}{path}", parts.host, colon(parts.port));
            return Err(format!("would send token and contacts unencrypted: {remedy}"));
        }
        let url = Url::parse(&format!("{}://{}{}", parts.scheme, parts.host(), parts.path));
        Ok(Endpoint(url.map_err(|_| "has a host that cannot be read")?))
    }
}

impl Proxy {
    /// The whole URL, with name and password.
    pub fn expose(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{}@", user.expose())).unwrap_or_default();
        format!("{}://{user}{}{}", self.parts.scheme, self.parts.host(), self.parts.path)
    }

    /// Its host and port: how messages call it.
    pub(super) fn name(&self) -> String {
        self.parts.host()
    }

    /// User and password as they were given, parted by a colon.
    pub(super) fn user(&self) -> Option<String> {
        // Percent-encoded, as everything in a URL is.
        let user = percent_encoding::percent_decode_str(self.user.as_ref()?.expose());
        Some(user.decode_utf8_lossy().into_owned())
    }

    /// Whether it is spoken to without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.parts.scheme == "http"
    }

    /// Host and port to connect to.
    pub(super) fn socket(&self) -> (&str, u16) {
        let host = self.parts.host.trim_start_matches('[').trim_end_matches(']');
        (host, self.parts.port.unwrap_or(if self.is_plain() { 80 } else { 443 }))
    }

    /// The password as it was given, if there is one.
    pub fn password(&self) -> Option<Secret> {
        let (_, password) = self.user.as_ref()?.expose().split_once(':')?;
        Some(Secret::new(password.to_owned()))
    }
}

/// The URL without name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.user.is_some() { "…@" } else { "" };
        write!(f, "{}://{user}{}", self.parts.scheme, self.parts.host())
    }
}

impl FromStr for Proxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Proxy, String> {
        if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("socks")) && text.contains("://") {
            return Err("is a SOCKS proxy, which is not supported: an HTTP proxy is".to_owned());
        }
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

    fn host(&self) -> String {
        format!("{}{}", self.host, colon(self.port))
    }
}

/// The name of this machine, which is never looked up: what a file or a server of names says of it does not count.
pub(super) const LOCALHOST: &str = "localhost";

/// Whether a host is this machine: a literal loopback address, or `localhost`. Another name could mean any.
fn is_loopback(host: &str) -> bool {
    if host == LOCALHOST {
        return true;
    }
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    }
}

fn colon(port: Option<u16>) -> String {
    port.map(|port| format!(":{port}")).unwrap_or_default()
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
            ("http://[::1]:80/x", "http://[::1]/x", "[::1]", true),
            ("http://LocalHost:8787/x", "http://localhost:8787/x", "localhost:8787", true),
            ("https://localhost/x", "https://localhost/x", "localhost", true),
            ("https://h/@x:y", "https://h/@x:y", "h", false),
            ("https://10.0.0.1:443/x", "https://10.0.0.1/x", "10.0.0.1", false),
        ];
        for (text, shown, host, loopback) in good {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!((endpoint.to_string(), endpoint.host()), (shown.to_owned(), host.to_owned()), "{text}");
            assert_eq!(endpoint.is_loopback(), loopback, "{text}");
        }
        assert_eq!("https://h?x=1".parse::<Endpoint>().unwrap().url().as_str(), "https://h/?x=1");
        let bad = [
            ("", "whole URL"),
            ("api.example.com/x", "whole URL"),
            ("ftp://h/", "neither https nor http"),
            ("https://", "no host"),
            ("https:///x", "no host"),
            ("https://me:pw@h/", "user or password"),
            ("https://token@h/", "user or password"),
            ("http://api.example.com/x", "write https://api.example.com/x"),
            ("http://localhost.example.com/x", "write https://localhost.example.com/x"),
            ("http://localhost./x", "unencrypted"),
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
            ("https://1.2.3.999/", "cannot be read"),
        ];
        for (text, why) in bad {
            let error = text.parse::<Endpoint>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn proxies_are_shown_without_password() {
        let proxy: Proxy = "http://me:geheim@proxy:3128".parse().unwrap();
        assert_eq!(proxy.to_string(), "http://…@proxy:3128");
        assert_eq!(proxy.expose(), "http://me:geheim@proxy:3128/");
        assert!(!format!("{proxy:?}").contains("geheim"));
        assert_eq!("proxy:3128".parse::<Proxy>().unwrap().expose(), "http://proxy:3128/");
        assert!("socks5://proxy".parse::<Proxy>().is_err());
    }
}
