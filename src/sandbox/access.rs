//! Who may ask: only pages and programs that name this server by a loopback name, and for contacts only with the token.
//!
//! A page of another site can make a browser resolve its own name to loopback (DNS rebinding); the browser then sends
//! that name as `Host`.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HOST, HeaderMap};
use hyper::http::request::Parts;

use super::contract::{self, Refusal};

/// Checks that `Host`, and the address in the first line if it names a host, is a loopback name with this port.
pub fn host_is_ours(head: &Parts, port: u16) -> Result<(), Refusal> {
    let forbidden = || Refusal::new(StatusCode::FORBIDDEN, "Forbidden", "this server answers to loopback names only");
    let mut hosts = head.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(forbidden());
    };
    let named = head.uri.authority().map(|authority| authority.as_str());
    let ours =
        host.to_str().is_ok_and(|host| is_loopback(host, port)) && named.is_none_or(|name| is_loopback(name, port));
    if ours { Ok(()) } else { Err(forbidden()) }
}

/// Whether `host:port` is a loopback address or `localhost`, with this port. Port 80 may be left out.
fn is_loopback(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        // The colons of an address without a port.
        Some((_, end)) if end.ends_with(']') => (host, "80"),
        Some((name, given)) => (name, given),
        None => (host, "80"),
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let loopback = address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    given == port.to_string() && (loopback || name.eq_ignore_ascii_case("localhost"))
}

/// Checks that the token is sent as a bearer token, or, for a person with a browser, as the password of HTTP Basic with
/// any name.
pub fn may_read(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    contract::authorized(headers, token)
        .or_else(|refusal| if is_password(headers, token) { Ok(()) } else { Err(refusal) })
}

fn is_password(headers: &HeaderMap, token: &str) -> bool {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let encoded = value.to_str().ok().and_then(|value| value.strip_prefix("Basic "));
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded.trim()).ok());
    decoded.is_some_and(|pair| pair.splitn(2, |byte| *byte == b':').nth(1) == Some(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn head(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_loopback_names_with_our_port_are_ours() {
        for host in ["127.0.0.1:8787", "localhost:8787", "LocalHost:8787", "[::1]:8787", "127.8.9.1:8787"] {
            assert_eq!(host_is_ours(&head("/", &[("host", host)]), 8787), Ok(()), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:08787",
            "localhost",
            "localhost.:8787",
            "localhost.evil.example:8787",
            "evil.example:8787",
            "127.0.0.1.evil.example:8787",
            "0.0.0.0:8787",
            "10.0.0.1:8787",
            "2130706433:8787",
            "user@127.0.0.1:8787",
            "[::1]",
            "::1:8787:8787",
        ] {
            let refusal = host_is_ours(&head("/", &[("host", host)]), 8787).expect_err(host);
            assert_eq!(refusal.status, StatusCode::FORBIDDEN, "{host}");
        }
        assert!(host_is_ours(&head("/", &[]), 8787).is_err());
        assert!(host_is_ours(&head("/", &[("host", "localhost"), ("host", "localhost")]), 80).is_err());
        assert!(host_is_ours(&head("http://evil.example:80/", &[("host", "localhost")]), 80).is_err());
        assert_eq!(host_is_ours(&head("/", &[("host", "[::1]")]), 80), Ok(()));
    }

    #[test]
    fn the_token_is_also_the_password_of_a_person() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        for value in ["Bearer a:b".to_owned(), basic("jane:a:b"), basic(":a:b")] {
            assert_eq!(may_read(&head("/", &[("authorization", &value)]).headers, "a:b"), Ok(()), "{value}");
        }
        for value in [basic("a:b"), basic("a"), basic(""), "Basic a:b".to_owned(), "Basic".to_owned()] {
            let refusal = may_read(&head("/", &[("authorization", &value)]).headers, "a:b").expect_err(&value);
            assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
        }
    }
}
