//! The documented contract around the body: paths, token, content type, and the form of the answers.
//!
//! It is written from the vendor's document and shares nothing with the module that writes contacts for the real
//! server (`wire`), so that a mistake there shows here.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

/// Where contacts are posted to.
pub const PATH: &str = "/inbox/users/import";

/// The list of segments: the cheapest call that needs the token. This server has none.
pub const SEGMENTS: &str = "/inbox/segments";

/// The documented answer where there are no segments.
pub const NO_SEGMENTS: &str = r#"{"success":true,"message":"Segments fetched successfully.","code":200,"data":[]}"#;

/// The documented answer to a request that was carried out.
pub const SUCCESS: &str = r#"{"status":"success","message":"User profiles imported successfully."}"#;

/// A rejected request: the status of the answer, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer; the body repeats it.
    pub status: StatusCode,
    /// The name of the status.
    pub message: &'static str,
    /// What is wrong, one sentence each.
    pub data: Vec<String>,
    /// The `Retry-After` of the answer, in seconds.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal with one complaint.
    pub fn new(status: StatusCode, message: &'static str, complaint: impl Into<String>) -> Refusal {
        Refusal { status, message, data: vec![complaint.into()], retry_after: None }
    }

    /// The refusal of a request above the rate limit, to be repeated after `wait`.
    pub fn too_many(wait: Duration) -> Refusal {
        // Whole seconds, rounded up: half a second would be none.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", "the rate limit is reached");
        Refusal { retry_after: Some(seconds), ..refusal }
    }

    /// The body in the form of this API.
    pub fn body(&self) -> String {
        serde_json::json!({ "success": false, "message": self.message, "code": self.status.as_u16(), "data": self.data })
            .to_string()
    }
}

/// Checks that the token is sent as `Authorization: Bearer TOKEN`, exactly.
pub fn authorized(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    let unauthorized = |complaint: &str| Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized", complaint);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (values.next().map(|value| value.as_bytes()), values.next()) {
        (None, _) => Err(unauthorized("the Authorization header is missing")),
        (Some(_), Some(_)) => Err(unauthorized("there is more than one Authorization header")),
        (Some(value), None) => match value.strip_prefix(b"Bearer ") {
            None => Err(unauthorized("the Authorization header is not of the form: Bearer TOKEN")),
            Some(sent) if sent != token.as_bytes() => Err(unauthorized("the token is not valid")),
            Some(_) => Ok(()),
        },
    }
}

/// Checks that the body is announced as uncompressed JSON in UTF-8.
pub fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let unsupported =
        |complaint: &str| Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", complaint);
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("the body must not be compressed"));
    }
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut parts = text.split(';').map(str::trim);
    if !parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json")) {
        return Err(unsupported("the content type must be application/json"));
    }
    for part in parts {
        if let Some((name, value)) = part.split_once('=')
            && name.eq_ignore_ascii_case("charset")
            && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        {
            return Err(unsupported("the charset must be utf-8"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_form_of_the_api() {
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "Bad Request", "why \"so\"");
        let body: serde_json::Value = serde_json::from_str(&refusal.body()).unwrap();
        let expected =
            serde_json::json!({"success": false, "message": "Bad Request", "code": 400, "data": ["why \"so\""]});
        assert_eq!(body, expected);
    }

    fn headers(all: &[(hyper::header::HeaderName, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_exact_token_is_accepted() {
        assert_eq!(authorized(&headers(&[(AUTHORIZATION, "Bearer abc")]), "abc"), Ok(()));
        for sent in ["Bearer abd", "Bearer  abc", "Bearer abc x", "bearer abc", "Bearer", "abc", "Basic abc", ""] {
            let refusal = authorized(&headers(&[(AUTHORIZATION, sent)]), "abc").expect_err(sent);
            assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
        }
        assert!(authorized(&headers(&[]), "abc").is_err());
        let mut twice = headers(&[(AUTHORIZATION, "Bearer abc")]);
        twice.append(AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert!(authorized(&twice, "abc").is_err());
    }

    #[test]
    fn only_json_in_utf8_is_taken() {
        for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
            assert_eq!(is_json(&headers(&[(CONTENT_TYPE, kind)])), Ok(()), "{kind}");
        }
        for kind in
            ["text/plain", "application/json-seq", "application/x-ndjson", "application/json; charset=latin1", ""]
        {
            let refusal = is_json(&headers(&[(CONTENT_TYPE, kind)])).expect_err(kind);
            assert_eq!(refusal.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        assert!(is_json(&headers(&[])).is_err());
        assert!(is_json(&headers(&[(CONTENT_TYPE, "application/json"), (CONTENT_ENCODING, "gzip")])).is_err());
    }
}
