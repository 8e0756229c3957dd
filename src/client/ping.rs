//! Whether the server is there and takes the token: the cheapest call that reads only. No contact is sent.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use x509_parser::prelude::{FromDer, X509Certificate};

use super::credentials::Credentials;
use super::transport::{Error, Http, Options};
use super::verdict::{Reply, TransportError};
use crate::outcome::{Cause, Failure};

/// The ending of an endpoint that can be pinged, and the call that takes its place.
const IMPORT: &str = "/inbox/users/import";
const SEGMENTS: &str = "/inbox/segments";

/// The longest that is waited for the answer.
const LONGEST: Duration = Duration::from_secs(15);

/// What was found on the way to the server.
#[derive(Debug)]
pub struct Pong {
    /// The HTTP version of the answer, as `HTTP/2.0`; `None` without an answer.
    pub protocol: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The certificate of a secure connection.
    pub certificate: Option<Certificate>,
    /// How long it took, connecting included.
    pub took: Duration,
    /// The server's clock less our own, in seconds; `None` where the answer has no date.
    pub clock_difference: Option<i64>,
    /// Whether the token was taken, or why that is not known.
    pub token: Result<(), Failure>,
}

/// What a certificate says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Who issued it: organisation and name, as far as it has them. Text of the server.
    pub issuer: String,
    /// How many days it is still valid; negative where it has expired.
    pub days_left: i64,
}

/// The path that is asked for in place of the endpoint's own; `None` if the endpoint has another ending.
pub fn path(options: &Options) -> Option<String> {
    Some(format!("{}{SEGMENTS}", options.endpoint.url().path().strip_suffix(IMPORT)?))
}

/// Asks once, for 15 s at most.
///
/// # Errors
/// The way to the server cannot be set up.
pub async fn ping(options: &Options, path: &str, id: &str, credentials: &Credentials) -> Result<Pong, Error> {
    let http = Http::with_certificate(options)?;
    let started = Instant::now();
    let answered = http.get(path, id, credentials, LONGEST).await;
    let took = started.elapsed();
    Ok(match answered {
        Ok((reply, version, certificate)) => Pong {
            protocol: Some(format!("{version:?}")),
            status: Some(reply.status),
            certificate: certificate.as_deref().and_then(described),
            took,
            clock_difference: reply.date.and_then(clock_difference),
            token: judged(&reply),
        },
        Err(error) => Pong {
            protocol: None,
            status: None,
            certificate: None,
            took,
            clock_difference: None,
            token: Err(broken(&error)),
        },
    })
}

fn clock_difference(server: u64) -> Option<i64> {
    let ours = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(i64::try_from(server).ok()?.saturating_sub(i64::try_from(ours).ok()?))
}

/// What an answer says of the token. The body is looked into and never shown.
fn judged(reply: &Reply) -> Result<(), Failure> {
    let body: Option<serde_json::Value> = serde_json::from_slice(&reply.body).ok();
    let fails = |cause, message: &str| Err(Failure::new(cause, message).with_status(reply.status));
    let Some(body) = body.filter(|body| body.is_object() || body.is_array()) else {
        return match reply.status {
            401 => fails(Cause::Unauthorized, ""),
            407 => fails(Cause::ProxyAuth, ""),
            429 => fails(Cause::Busy, ""),
            300..=399 => fails(Cause::Redirect, reply.redirect.as_deref().unwrap_or_default()),
            500..=599 => fails(Cause::Failing, ""),
            404 | 405 => fails(Cause::WrongAddress, "the token could not be tried"),
            _ => fails(Cause::Unreadable, "the token could not be tried"),
        };
    };
    // An answer may carry its own status in a body of HTTP 200.
    let own = ["code", "statusCode"].iter().find_map(|name| body.get(name)?.as_u64()).filter(|code| *code >= 400);
    let failed = body.get("success").is_some_and(|success| success == false);
    match (reply.status, own) {
        (401, _) | (200..=299, Some(401)) => fails(Cause::Unauthorized, ""),
        (403, _) | (200..=299, Some(403)) => fails(Cause::Forbidden, ""),
        (200..=299, None) if !failed => Ok(()),
        (200..=299, _) => {
            fails(Cause::Unreadable, "the answer says that the call failed; whether the token was taken is not known")
        }
        (407, _) => fails(Cause::ProxyAuth, ""),
        (429, _) => fails(Cause::Busy, ""),
        (300..=399, _) => fails(Cause::Redirect, reply.redirect.as_deref().unwrap_or_default()),
        (500..=599, _) => fails(Cause::Failing, ""),
        _ => fails(Cause::WrongAddress, "it does not know the call, so the token could not be tried"),
    }
}

/// What a request without an answer means.
fn broken(error: &TransportError) -> Failure {
    let (cause, words) = match error {
        TransportError::Unreachable(words) => (Cause::Unreachable, words.as_str()),
        TransportError::UnknownHost(words) => (Cause::UnknownHost, words.as_str()),
        TransportError::Certificate(words) => (Cause::Certificate, words.as_str()),
        TransportError::ProxyAuth(words) => (Cause::ProxyAuth, words.as_str()),
        TransportError::Proxy(words) => (Cause::ProxyRefused, words.as_str()),
        TransportError::NoTls(words) => (Cause::NoTls, words.as_str()),
        TransportError::Request(words) => (Cause::Request, words.as_str()),
        TransportError::Writing(words) | TransportError::Lost(words) | TransportError::Cut(words) => {
            (Cause::Cut, words.as_str())
        }
        TransportError::Timeout => (Cause::Timeout, ""),
        TransportError::TooLong => (Cause::Unreadable, "it is longer than any answer of the service"),
    };
    Failure::new(cause, words)
}

/// The issuer of a certificate, and how long it is valid.
fn described(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let issuer = certificate.issuer();
    let names = issuer.iter_organization().chain(issuer.iter_common_name()).filter_map(|name| name.as_str().ok());
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    let left = certificate.validity().not_after.timestamp().saturating_sub(now);
    Some(Certificate { issuer: names.collect::<Vec<_>>().join(", "), days_left: left.div_euclid(24 * 3_600) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged() {
        let cases: &[(u16, &str, Option<Cause>)] = &[
            (200, r#"{"success":true,"code":200,"data":[]}"#, None),
            (200, "[]", None),
            (200, r#"{"success":false,"code":401}"#, Some(Cause::Unauthorized)),
            (200, r#"{"success":false}"#, Some(Cause::Unreadable)),
            (200, "<html>login</html>", Some(Cause::Unreadable)),
            (200, "", Some(Cause::Unreadable)),
            (204, "", Some(Cause::Unreadable)),
            (302, "", Some(Cause::Redirect)),
            (401, r#"{"success":false}"#, Some(Cause::Unauthorized)),
            (401, "", Some(Cause::Unauthorized)),
            (403, r#"{"message":"no"}"#, Some(Cause::Forbidden)),
            (403, "<html>firewall</html>", Some(Cause::Unreadable)),
            (404, r#"{"message":"Cannot GET"}"#, Some(Cause::WrongAddress)),
            (404, "<html>", Some(Cause::WrongAddress)),
            (429, "", Some(Cause::Busy)),
            (503, "<html>", Some(Cause::Failing)),
            (500, "{}", Some(Cause::Failing)),
        ];
        for (status, body, cause) in cases {
            let reply = Reply { status: *status, body: body.as_bytes().to_vec().into(), ..Reply::default() };
            assert_eq!(judged(&reply).err().map(|failure| failure.cause), *cause, "{status} {body}");
        }
    }

    #[test]
    fn certificates_are_described() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "Example Org");
        params.distinguished_name.push(rcgen::DnType::CommonName, "Example CA");
        params.not_after = (SystemTime::now() + Duration::from_secs(10 * 24 * 3_600 + 60)).into();
        let certificate = params.self_signed(&key).unwrap();
        let expected = Certificate { issuer: "Example Org, Example CA".to_owned(), days_left: 10 };
        assert_eq!(described(certificate.der()), Some(expected));
        assert_eq!(described(b"no certificate"), None);
    }
}
