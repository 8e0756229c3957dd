//! A look at a token: whether it is a JWT, and for how long it holds.
//!
//! Nothing is verified: that is the server's business. The look only spares a request that cannot succeed, and tells
//! a JWT from an opaque token, which wants another header.

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// What a JWT says of its time, in seconds since 1970, and of its account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Jwt {
    /// From when on it no longer holds (`exp`); `None` if it does not say.
    pub expires: Option<u64>,
    /// From when on it holds (`nbf`); `None` if it does not say.
    pub begins: Option<u64>,
    /// Issuer and subject (`iss`, `sub`); `None` without a subject.
    pub account: Option<String>,
}

/// Reads a token as a JWT: three base64url parts, the first two JSON objects. Anything else is opaque, `None`.
pub fn peek(token: &str) -> Option<Jwt> {
    let mut parts = token.split('.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    object(head)?;
    bytes(signature)?;
    let claims = object(claims)?;
    Some(Jwt { expires: seconds(&claims, "exp"), begins: seconds(&claims, "nbf"), account: account(&claims) })
}

/// Issuer and subject, as JSON so that no two pairs look alike.
fn account(claims: &Map<String, Value>) -> Option<String> {
    let subject = claims.get("sub").filter(|subject| !subject.is_null())?;
    Some(Value::from(vec![claims.get("iss").cloned().unwrap_or_default(), subject.clone()]).to_string())
}

fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).or_else(|_| URL_SAFE.decode(part)).ok()
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&bytes(part)?).ok()
}

/// A NumericDate, which may have a fraction. One that is negative is long past: 0.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<u64> {
    let date = claims.get(name)?;
    // A float is cut to what fits; a date of that size is "never" either way.
    date.as_u64().or_else(|| date.as_f64().map(|date| date as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(head: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn times_are_read() {
        let cases = [
            (r#"{"exp":1700000000,"nbf":1600000000}"#, Some(1_700_000_000), Some(1_600_000_000)),
            (r#"{"exp":1700000000.9}"#, Some(1_700_000_000), None),
            (r#"{"exp":-5}"#, Some(0), None),
            (r#"{"exp":1e300}"#, Some(u64::MAX), None),
            (r#"{"exp":"tomorrow"}"#, None, None),
        ];
        for (claims, expires, begins) in cases {
            assert_eq!(
                peek(&token(r#"{"alg":"RS512","typ":"JWT"}"#, claims)),
                Some(Jwt { expires, begins, account: None }),
                "{claims}"
            );
        }
    }

    #[test]
    fn an_account_is_issuer_and_subject() {
        let account = |claims: &str| peek(&token("{}", claims)).unwrap().account;
        assert_eq!(account(r#"{"iss":"a","sub":"b"}"#).as_deref(), Some(r#"["a","b"]"#));
        assert_eq!(account(r#"{"sub":7}"#).as_deref(), Some("[null,7]"));
        assert_eq!(account(r#"{"iss":"a"}"#), None);
        assert_eq!(account(r#"{"sub":null}"#), None);
    }

    #[test]
    fn other_tokens_are_opaque() {
        let whole = token("{}", "{}");
        let opaque = [
            "",
            "abc",
            "a.b.c",
            "..",
            "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9",
            &format!("{whole}.d"),
            &token("[]", "{}"),
            &token("{}", "1"),
            &token("{}", "{\"exp\":1"),
        ];
        for text in opaque {
            assert_eq!(peek(text), None, "{text}");
        }
        assert_eq!(peek(&whole), Some(Jwt::default()));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in r"[A-Za-z0-9_=-]{0,20}\.[A-Za-z0-9_=-]{0,40}\.[A-Za-z0-9_=.-]{0,20}", any: String) {
            let _ = peek(&text);
            let _ = peek(&any);
        }
    }
}
